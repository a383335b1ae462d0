/**
 * A request for permission: what is to be done, and the answers there are. Its call is needed, for nobody could say what
 * is asked; an option that cannot be read costs that option, and what it lacks beside its id costs nothing.
 */
import * as z from 'zod';
import type { ApprovalOption } from '../../protocol/facts/events.ts';
import { toolCall } from './tool-call.ts';

const option = z.looseObject({
  optionId: z.string().max(1_000),
  name: z.string().nullish().catch(null),
  kind: z.string().nullish().catch(null),
});

export const permissionRequest = z.looseObject({
  sessionId: z.string().nullish().catch(null),
  toolCall,
  options: z.array(z.unknown()).catch([]).default([]),
  _meta: z.unknown().optional(),
});

const maxOptions = 50;
const maxNameCharacters = 1_000;

/** The options as they are logged; `left` are those that could not be read, or were too many. */
export const readOptions = (
  offered: readonly unknown[],
): { readonly options: readonly ApprovalOption[]; readonly left: readonly unknown[] } => {
  const read = offered.slice(0, maxOptions).map((each) => ({ each, parsed: option.safeParse(each) }));
  return {
    options: read.flatMap(({ parsed }) => {
      if (!parsed.success) return [];
      const { optionId, name, kind } = parsed.data;
      return [{ optionId, name: (name || optionId).slice(0, maxNameCharacters), kind: (kind ?? '').slice(0, 100) }];
    }),
    left: [...read.flatMap(({ each, parsed }) => (parsed.success ? [] : [each])), ...offered.slice(maxOptions)],
  };
};
