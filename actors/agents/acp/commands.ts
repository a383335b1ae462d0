/** The commands of an agent's own, as it offers them. */
import * as z from 'zod';
import type { Payload } from '../../protocol/facts/events.ts';
import { fieldsOf, readEach, textIn } from './lenient.ts';

const maxCommands = 200;

const offered = z.looseObject({ name: z.string().min(1) });

/** The commands of an `available_commands_update`, bounded, and what of it is none; null when it has no list. */
export const readCommands = (
  update: unknown,
): { readonly commands: Payload<'commands'>['commands']; readonly odd: readonly unknown[] } | null => {
  const { availableCommands } = fieldsOf(update);
  if (!Array.isArray(availableCommands)) return null;
  const { values, odd } = readEach(offered, availableCommands, maxCommands);
  const commands = values.map(({ name, description, input }) => {
    const says = textIn(description, 300);
    const hint = textIn(fieldsOf(input).hint, 200);
    return {
      name: name.slice(0, 100),
      ...(says === undefined ? {} : { description: says }),
      ...(hint === undefined ? {} : { hint }),
    };
  });
  return { commands, odd };
};
