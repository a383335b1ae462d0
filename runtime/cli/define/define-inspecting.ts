/** `inspect`: the machine of a session, back in time, and the actors as they are now. */
import { InvalidArgumentError } from 'commander';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { InspectOptions } from '../commands/inspect.ts';
import { action, type Definition, defineCommand, wholeNumber } from './define-command.ts';

type Options = InspectOptions & { readonly file?: string; readonly actors?: boolean; readonly follow?: boolean };

export const defineInspectingCommand = (definition: Definition): void => {
  defineCommand(
    definition,
    'inspect',
    'See why a session is in the state it is in: each step of its machine, or the actors as they are now',
    'inspect fix-login',
    'inspect fix-login --at 1:12',
    'inspect fix-login --at 1:12 --svg step.svg',
    'inspect fix-login --export steps.jsonl',
    'inspect --file steps.jsonl',
    'inspect --actors --follow',
  )
    .argument('[id]', 'its id, short as `list` has it, or its name')
    .option('--run <n>', 'this run (default: the last)', wholeNumber(1, 1_000_000_000))
    .option('--at <run:seq>', 'the state, the context and the event at this step', place)
    .option('--all', 'also the events that the machine does not hear')
    .option('--svg <file>', 'draw the machine at that step (default: the last); - writes to standard output')
    .option('--export <file>', "write the steps in the shape of XState's inspection events; - for standard output")
    .option('--file <file>', 'show the steps of such a file')
    .option('--actors', 'the threads with their sessions, queues, commits and memory')
    .option('--follow', 'with --actors: again and again, until Ctrl-C')
    .action(
      action(definition, async (invocation, id: string | undefined, options: Options) => {
        refuseMixed(id, options);
        if (options.actors) {
          const { inspectActors } = await import('../commands/inspect-actors.ts');
          return inspectActors(invocation, { follow: options.follow === true });
        }
        const { inspect, inspectFile } = await import('../commands/inspect.ts');
        if (options.file !== undefined) return inspectFile(invocation, options.file, options.all === true);
        return inspect(invocation, id ?? '', options);
      }),
    );
};

/** One thing is inspected at a time. */
const refuseMixed = (id: string | undefined, options: Options): void => {
  const wanted = [id !== undefined, options.file !== undefined, options.actors === true].filter(Boolean).length;
  const wrong = (message: string, hint: string): ThroughlineError =>
    new ThroughlineError('input.invalid', message, { hint });
  if (wanted === 0) throw wrong('what is to be inspected?', 'name a session, or give --actors or --file');
  if (wanted > 1) throw wrong('one thing is inspected at a time', 'give a session, --actors or --file');
  if (options.follow && !options.actors)
    throw wrong('--follow goes with --actors', '`history --follow` follows a session');
  if (options.at !== undefined && options.run !== undefined && options.at.run !== options.run) {
    throw wrong(`--at names run ${options.at.run}, --run names run ${options.run}`, 'leave --run out');
  }
};

/** Reads `RUN:SEQ`. */
const place = (text: string): { readonly run: number; readonly seq: number } => {
  const [, run, seq] = /^(\d{1,9}):(\d{1,15})$/.exec(text) ?? [];
  if (Number(run) >= 1 && Number(seq) >= 1) return { run: Number(run), seq: Number(seq) };
  throw new InvalidArgumentError('a place is RUN:SEQ, for example 1:12; both begin at 1.');
};
