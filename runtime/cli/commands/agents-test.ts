import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { type Check, type Prompts, tryAgent } from '../../asking/try-agent.ts';
import { launchOf } from '../choose/choose-agent.ts';
import { askPerson, canAsk } from '../invocation/ask-person.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { inTemporaryFolder } from '../invocation/temporary-folder.ts';
import type { Colours } from '../invocation/terminal.ts';
import { truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';

export type AgentsTestOptions = { readonly yes?: boolean };

const prompts: Prompts = {
  short: 'Reply with the word ready.',
  long: 'Count from 1 to 300, one number a line, and write nothing else.',
};
/** The rehearsal agent does what a script says. */
const rehearsed: Prompts = { short: `script: quick\n${prompts.short}`, long: `script: slow\n${prompts.long}` };

/** `agents test`: a short conversation with an agent, in a new repository, and what of it worked. */
export const agentsTest = async (
  invocation: Invocation,
  name: string,
  options: AgentsTestOptions,
  makeRepository: (path: string) => void,
): Promise<ExitCode> => {
  const { terminal, directory, json } = invocation;
  const launch = await launchOf(invocation, name);
  const isRehearsal = name === 'rehearsal' || name.startsWith('rehearsal:');
  if (!isRehearsal && options.yes !== true) await mayItCost(invocation, name);
  const checks: Check[] = [];
  const isWell = await inTemporaryFolder((folder) => {
    makeRepository(folder);
    return tryAgent(
      { launch, folder, directory, programVersion: packageJson.version },
      name === 'rehearsal' ? rehearsed : prompts,
      async (check) => {
        checks.push(check);
        if (!json) await terminal.write(checkLine(check, terminal.columns, terminal.colours));
      },
    );
  });
  if (json) await terminal.writeJson({ agent: name, ok: isWell, checks });
  return isWell ? exitCodes.done : exitCodes.failed;
};

/** Raises `input.invalid` unless the person says yes. */
const mayItCost = async ({ terminal }: Invocation, name: string): Promise<void> => {
  const cost = `This asks the model of ${sanitiseLine(name)} twice, for a few hundred tokens at your cost.`;
  const hint = '--yes says so without being asked';
  if (!canAsk(terminal)) throw new ThroughlineError('input.invalid', cost, { hint });
  const [answer = ''] = await askPerson(terminal, [`${cost} Go on? [y/N] `]);
  if (!/^y(?:es)?$/iu.test(answer)) throw new ThroughlineError('input.invalid', 'it was not tried', { hint });
};

const checkLine = ({ name, state, why }: Check, columns: number, colours: Colours): string => {
  const marks = { well: colours.green('✓'), open: colours.yellow('·'), bad: colours.red('✗') };
  const text = sanitiseLine(why);
  // A fault is told whole; what is well need not be.
  const shown = state === 'bad' ? text : truncate(text, Math.max(20, columns - 17));
  return `${marks[state]} ${name.padEnd(12)}  ${state === 'open' ? colours.dim(shown) : shown}\n`;
};
