import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { Finding } from '../../keeping/examine.ts';
import type { Repaired } from '../../keeping/keeping.ts';
import { knownAgents } from '../choose/choose-agent.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { Colours } from '../invocation/terminal.ts';
import { adviceTypedHere } from '../invocation/typed-program.ts';
import { table } from '../render/table.ts';
import { sanitiseLine } from '../text/sanitise.ts';

export type DoctorOptions = { readonly repair?: boolean };

/** `doctor`: what is well and what is not; with `--repair` a damaged database is salvaged first. */
export const doctor = async (invocation: Invocation, { repair: asked }: DoctorOptions): Promise<ExitCode> => {
  const { terminal, directory, json } = invocation;
  const { examine } = await import('../../keeping/examine.ts');
  const before = await examine(directory);
  const repaired = asked && isDamaged(before) ? await repairNow(invocation) : null;
  const findings = [...(repaired === null ? before : await examine(directory)), await agentsFound(invocation)];
  const isWell = findings.every(({ state }) => state !== 'bad');
  if (json) {
    await terminal.writeJson({ ok: isWell, findings, repaired });
  } else {
    if (repaired !== null) await terminal.write(repairLines(repaired, terminal.colours));
    else if (asked && isWell) await terminal.writeLine('There is nothing to repair.');
    await terminal.write(findingTable(findings, invocation));
  }
  return isWell ? exitCodes.done : exitCodes.failed;
};

const ofDatabase = new Set(['database', 'head mark', 'log']);
const isDamaged = (findings: readonly Finding[]): boolean =>
  findings.some(({ check, state }) => state === 'bad' && ofDatabase.has(check));

const repairNow = async ({ directory }: Invocation): Promise<Repaired> => {
  const { repair } = await import('../../keeping/keeping.ts');
  return repair(directory, new Date());
};

const repairLines = ({ saved, events, sessions, setAside }: Repaired, colours: Colours): string =>
  [
    `${colours.green('✓')} Saved ${saved} of ${counted(events, 'event')}, in ${counted(sessions, 'session')}.`,
    saved === events ? '' : '  Where one was lost, the history says so.',
    setAside === null ? '' : colours.dim(`  The damaged database is now ${setAside}`),
    '',
  ]
    .filter((line, index, all) => line !== '' || index === all.length - 1)
    .join('\n')
    .concat('\n');

const agentsFound = async (invocation: Invocation): Promise<Finding> => {
  const agents = (await knownAgents(invocation)).filter(({ installed, source }) => installed && source !== 'built-in');
  if (agents.length > 0) return { check: 'agents', state: 'well', says: agents.map(({ name }) => name).join(', ') };
  return {
    check: 'agents',
    state: 'note',
    says: 'none is installed',
    advice: 'throughline agents says how to get one',
  };
};

const findingTable = (findings: readonly Finding[], { terminal: { colours }, suggest }: Invocation): string => {
  const marks = { well: colours.green('✓'), note: colours.yellow('·'), bad: colours.red('✗') };
  const rows = findings.flatMap(({ check, state, says, advice }) => [
    [marks[state], colours.bold(check), sanitiseLine(says)],
    ...(advice === undefined ? [] : [['', '', colours.dim(`→ ${sanitiseLine(adviceTypedHere(advice, suggest()))}`)]]),
  ]);
  return table(rows);
};
