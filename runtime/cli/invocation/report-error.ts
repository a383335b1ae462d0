import { asThroughlineError, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { sanitise, sanitiseLine } from '../text/sanitise.ts';
import { type ExitCode, exitCodeByError, exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { adviceTypedHere } from './typed-program.ts';

/** The one line that a person sees: `throughline: MESSAGE (HINT)`; `program` is what is typed here to run it. */
export const errorLine = (error: ThroughlineError, program = 'throughline'): string => {
  const hint = error.hint === undefined ? '' : ` (${sanitiseLine(adviceTypedHere(error.hint, program))})`;
  return `throughline: ${sanitiseLine(error.message)}${hint}`;
};

/**
 * Says what went wrong: one line on stderr, with `json` one object on stdout as well; and gives the exit code.
 * With THROUGHLINE_DEBUG=1 the stack and the causes follow.
 */
export const reportError = async (
  terminal: Terminal,
  thrown: unknown,
  options: {
    readonly json: boolean;
    readonly debug: boolean;
    readonly program?: string;
    /** What was typed, to tell an option that was given from an argument. */
    readonly words?: readonly string[];
  },
): Promise<ExitCode> => {
  const error = inWordsOfACommand(asThroughlineError(thrown), options.words ?? []);
  terminal.stderr.write(`${errorLine(error, options.program)}\n`);
  if (options.debug) terminal.stderr.write(stacks(error));
  if (options.json) await terminal.writeJson({ error: error.toPlain() });
  // An error of another version of the program may carry a code that this one does not know.
  return exitCodeByError[error.code] ?? exitCodes.failed;
};

/** The options that are called otherwise than the fields they fill. */
const optionByField: Readonly<Record<string, string>> = {
  approvals: '--approve',
  repository: '--repo',
  choices: '--option',
  additionalDirectories: '--add-dir',
  agentSessionId: '--conversation',
  mcpServers: '--mcp',
  forkAt: '--at',
};

/** What a person filled a field of the gateway's with: the option that was typed, else the argument by its name. */
const givenFor = (field: string, words: readonly string[]): string => {
  const option = optionByField[field] ?? `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const isTyped = words.some((word) => word === option || word.startsWith(`${option}=`));
  return isTyped ? option : `the ${field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
};

/**
 * What the gateway says of a body or a query, said of the command line: it has neither. `the body is wrong at approvals`
 * becomes `what was given for --approve is wrong`.
 */
const inWordsOfACommand = (error: ThroughlineError, words: readonly string[]): ThroughlineError => {
  const [, place, what] = /^the (?:body|query|path) is wrong(?: at (\w+)[^:]*)?: (.*)$/s.exec(error.message) ?? [];
  if (error.code !== 'input.invalid' || what === undefined) return error;
  const given = place === undefined ? 'what was given' : `what was given for ${givenFor(place, words)}`;
  return new ThroughlineError(error.code, `${given} is wrong: ${what}`, {
    hint: '--help shows how a command is used',
    cause: error,
  });
};

const stacks = (error: unknown): string => {
  let text = '';
  for (let current = error; current instanceof Error; current = current.cause) {
    text += `${text === '' ? '' : 'caused by '}${sanitise(current.stack ?? current.message)}\n`;
  }
  return text;
};
