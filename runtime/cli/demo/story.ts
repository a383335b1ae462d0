import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { readOwner } from '../../data/data-directory.ts';
import { isLocked } from '../../data/lock.ts';
import { decide } from '../commands/answer.ts';
import { resume } from '../commands/continue.ts';
import { list } from '../commands/list.ts';
import { run } from '../commands/run.ts';
import { verify } from '../commands/verify.ts';
import { readDashboard } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { createTimeline } from '../render/timeline.ts';
import { type Histories, readHistories, rowOf, until } from './demo-sessions.ts';
import { mergeWork } from './merge-work.ts';
import { createNarrator, type Narrator } from './narrator.ts';
import { nobodysSettings } from './sample-repository.ts';
import { silent } from './silent.ts';
import { watchDashboard } from './watch-dashboard.ts';

const sessions = [
  { name: 'tests', prompt: 'Write tests for greet', approve: 'ask' },
  { name: 'readme', prompt: 'Show in the README how greet is used', approve: 'allow' },
  { name: 'refactor', prompt: 'Let greet speak more languages', approve: 'allow' },
] as const;
const resumed = 'tests';
const extractEvents = 14;

/** The demo from its first session to its last proof. Raises `verify.failed` at the first claim that does not hold. */
export const tellStory = async (invocation: Invocation, repository: string): Promise<void> => {
  const narrator = createNarrator(invocation.terminal);
  await startSessions(invocation, narrator, repository);
  await answerApproval(invocation, narrator);
  const before = await readHistories(invocation);
  await crash(invocation, narrator);
  await comeBack(invocation, narrator, before);
  await resumeAll(invocation, narrator);
  await mergeWork(invocation, narrator, repository);
  await prove(invocation, narrator);
};

/** The runtime of the demo, and with it git and the agents, as nobody in particular: no signing, no hooks of the person. */
const startRuntime = ({ directory }: Invocation): Promise<unknown> =>
  ensureRuntime(directory, { script: thisProgram(), environment: nobodysSettings });

const startSessions = async (invocation: Invocation, narrator: Narrator, repository: string): Promise<void> => {
  await narrator.chapter('Three agents, side by side');
  await narrator.say('A small sample repository, and three rehearsal agents: they follow a script, but really work.');
  await startRuntime(invocation);
  for (const { name, prompt, approve } of sessions) {
    const agent = `rehearsal:demo-${name}`;
    await narrator.command(`throughline run "${prompt}" --name ${name} --agent ${agent} --approve ${approve}`);
    await run(silent(invocation), prompt, { repo: repository, agent, name, approve, worktree: true });
  }
  await narrator.command('throughline list');
  const { rows } = await watchDashboard(
    invocation,
    'an agent asks for approval while all three are at work',
    (snapshot) =>
      snapshot.rows.length === sessions.length &&
      snapshot.rows.every(({ status }) => status === 'Running') &&
      snapshot.rows.some((row) => row.pendingApprovals > 0),
  );
  const worktrees = new Set(rows.map((row) => row.worktree.path));
  await narrator.claim('three sessions run, each in a worktree of its own', worktrees.size === sessions.length);
};

const answerApproval = async (invocation: Invocation, narrator: Narrator): Promise<void> => {
  await narrator.chapter('One of them asks first');
  await narrator.command(`throughline approve ${resumed}`);
  await decide(invocation, 'allow', [resumed], {});
  await until(async () => {
    const events = (await readHistories(invocation)).get(resumed) ?? [];
    const answered = events.findIndex(({ type }) => type === 'approval_resolved');
    return answered !== -1 && events.slice(answered).some(({ type }) => type === 'tool_result');
  });
  const row = await rowOf(invocation, resumed);
  await narrator.claim('it was allowed, and the agent went on', row.pendingApprovals === 0 && row.status === 'Running');
};

const crash = async (invocation: Invocation, narrator: Narrator): Promise<void> => {
  const { directory } = invocation;
  const pid = readOwner(directory)?.pid;
  await narrator.chapter('Now the worst happens');
  await narrator.command(`kill -9 ${pid ?? ''}`);
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  await until(async () => !isLocked(directory));
  await narrator.claim('the runtime is dead, in the middle of everything', !isLocked(directory));
  await narrator.say('Nobody had time to save anything. The log needs no saving: what was shown was stored before.');
};

const comeBack = async (invocation: Invocation, narrator: Narrator, before: Histories): Promise<void> => {
  await narrator.chapter('And back');
  await narrator.command('throughline serve --background');
  await startRuntime(invocation);
  await narrator.command('throughline list');
  await list(invocation, {});
  const { rows } = await readDashboard(invocation);
  const after = await readHistories(invocation);
  await narrator.claim('all three are there', rows.length === sessions.length);
  const inFlight = rows.filter(({ status }) => status === 'Running');
  await narrator.claim(
    'with their last known status, a mark, and a hint: none was rewritten to failed',
    inFlight.length > 0 &&
      inFlight.every((row) => row.restored && row.recoveryHint !== null) &&
      rows.every(({ status }) => status === 'Running' || status === 'Completed'),
  );
  const isWhole = [...before].every(([name, events]) =>
    events.every((event, index) => after.get(name)?.[index]?.position === event.position),
  );
  await narrator.claim('not one event of before the crash is missing', isWhole);
  await narrator.command(`throughline history ${resumed}`);
  const { colours } = invocation.terminal;
  const folder = rows.find(({ name }) => name === resumed)?.worktree.path ?? null;
  const timeline = createTimeline({ colours, folder, separators: false, answers: null });
  const extract = lastSteps((after.get(resumed) ?? []).filter(({ run: ordinal }) => ordinal > 0));
  await invocation.terminal.write(`…\n${extract.map(timeline.show).join('')}${timeline.end()}`);
};

const resumeAll = async (invocation: Invocation, narrator: Narrator): Promise<void> => {
  await narrator.chapter('They go on where they were');
  const restored = (await readDashboard(invocation)).rows.filter((row) => row.restored);
  for (const { name } of restored) {
    if (name === resumed) continue;
    await narrator.command(`throughline resume ${name}`);
    await resume(silent(invocation), [name], {});
  }
  await narrator.command(`throughline resume ${resumed} --wait`);
  const exitCode = await resume(invocation, [resumed], { wait: true });
  const readRows = async (): Promise<readonly DashboardRow[]> => (await readDashboard(invocation)).rows;
  await until(async () => (await readRows()).every(({ status }) => status === 'Completed'));
  await narrator.claim(
    'completed; the marks are gone, and they are the same sessions, in a second run',
    exitCode === exitCodes.done &&
      (await readRows()).every(
        (row) =>
          row.status === 'Completed' &&
          !row.restored &&
          row.runCount === (restored.some(({ id }) => id === row.id) ? 2 : 1),
      ),
  );
};

const prove = async (invocation: Invocation, narrator: Narrator): Promise<void> => {
  await narrator.chapter('The proof');
  const histories = await readHistories(invocation);
  await narrator.claim('every run is numbered from 1 without a gap', [...histories.values()].every(isGapless));
  await narrator.command('throughline verify');
  const exitCode = await verify(invocation);
  await narrator.claim('the log, folded again, gives exactly this dashboard', exitCode === exitCodes.done);
};

/** The end of a history, from something whole: a message may be in pieces. */
const lastSteps = (events: readonly HistoryEvent[]): readonly HistoryEvent[] => {
  const last = events.slice(-extractEvents);
  return last.slice(
    Math.max(
      0,
      last.findIndex(({ type }) => type !== 'message' && type !== 'thinking'),
    ),
  );
};

const isGapless = (events: readonly HistoryEvent[]): boolean => {
  const lastSeqByRun = new Map<number, number>();
  return events.every(({ run: ordinal, seq }) => {
    const isNext = seq === (lastSeqByRun.get(ordinal) ?? 0) + 1;
    lastSeqByRun.set(ordinal, seq);
    return isNext;
  });
};
