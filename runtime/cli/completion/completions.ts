/** What can stand next in a command line, by the program's own definition: nothing has to be said twice. */
import type { Command, Option } from 'commander';

/** One that can stand there, and a word on what it is. */
export type Completion = { readonly word: string; readonly about: string };

/** What the definition does not know: the names of things that there are. */
export type KnownNames = {
  readonly sessions: () => Promise<readonly Completion[]>;
  readonly agents: () => Promise<readonly Completion[]>;
  readonly repositories: () => Promise<readonly Completion[]>;
};

/**
 * What can stand in place of the last of these words (what was typed of it, also nothing) after those before it. Empty
 * where nothing is known: then the shell completes files.
 */
export const completionsFor = async (
  program: Command,
  words: readonly string[],
  known: KnownNames,
): Promise<readonly Completion[]> => {
  const typed = words.at(-1) ?? '';
  const { command, option, given } = place(program, words.slice(0, -1));
  const begins = ({ word }: Completion): boolean => word.startsWith(typed);
  if (option !== null) return (await valuesOf(option, known)).filter(begins);
  if (typed.startsWith('-')) return optionsOf(command).filter(begins);
  const inner = visibleCommands(command);
  const isHelp = command === program && given === 1 && words[0] === 'help';
  if (inner.length > 0 && (given === 0 || isHelp)) return inner.filter(begins);
  return (await argumentsOf(command, given, known)).filter(begins);
};

/** Where the next word stands: in which command, as the value of which option, after how many words of its own. */
const place = (program: Command, words: readonly string[]) => {
  let command = program;
  let option: Option | null = null;
  let given = 0;
  for (const word of words) {
    if (option !== null) {
      option = null;
      continue;
    }
    if (word.startsWith('-')) {
      const found = command.options.find(({ long, short }) => word === long || word === short);
      option = found !== undefined && (found.required || found.optional) ? found : null;
      continue;
    }
    const inner = given === 0 ? command.commands.find((each) => each.name() === word) : undefined;
    if (inner === undefined) given += 1;
    else command = inner;
  }
  return { command, option, given };
};

const visibleCommands = (command: Command): readonly Completion[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((inner) => ({ word: inner.name(), about: inner.summary() }));

const optionsOf = (command: Command): readonly Completion[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) => (long === undefined ? [] : [{ word: long, about: description }]));

const valuesOf = async ({ long, argChoices }: Option, known: KnownNames): Promise<readonly Completion[]> => {
  if (argChoices !== undefined) return argChoices.map((word) => ({ word, about: '' }));
  if (long === '--agent') return known.agents();
  if (long === '--repo') return known.repositories();
  return [];
};

const argumentsOf = async (command: Command, given: number, known: KnownNames): Promise<readonly Completion[]> => {
  const argument =
    command.registeredArguments[given] ?? command.registeredArguments.findLast(({ variadic }) => variadic);
  if (argument?.argChoices !== undefined) return argument.argChoices.map((word) => ({ word, about: '' }));
  switch (argument?.name()) {
    case 'id':
    case 'ids':
      return known.sessions();
    case 'agent':
      return known.agents();
    default:
      return [];
  }
};
