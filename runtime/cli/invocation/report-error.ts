import { asThroughlineError, type ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { sanitise, sanitiseLine } from '../text/sanitise.ts';
import { type ExitCode, exitCodeByError, exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** The one line that a person sees: `throughline: MESSAGE (HINT)`. */
export const errorLine = (error: ThroughlineError): string => {
  const hint = error.hint === undefined ? '' : ` (${sanitiseLine(error.hint)})`;
  return `throughline: ${sanitiseLine(error.message)}${hint}`;
};

/**
 * Says what went wrong: one line on stderr, with `json` one object on stdout as well; and gives the exit code.
 * With THROUGHLINE_DEBUG=1 the stack and the causes follow.
 */
export const reportError = async (
  terminal: Terminal,
  thrown: unknown,
  options: { readonly json: boolean; readonly debug: boolean },
): Promise<ExitCode> => {
  const error = asThroughlineError(thrown);
  terminal.stderr.write(`${errorLine(error)}\n`);
  if (options.debug) terminal.stderr.write(stacks(error));
  if (options.json) await terminal.writeJson({ error: error.toPlain() });
  // An error of another version of the program may carry a code that this one does not know.
  return exitCodeByError[error.code] ?? exitCodes.failed;
};

const stacks = (error: unknown): string => {
  let text = '';
  for (let current = error; current instanceof Error; current = current.cause) {
    text += `${text === '' ? '' : 'caused by '}${sanitise(current.stack ?? current.message)}\n`;
  }
  return text;
};
