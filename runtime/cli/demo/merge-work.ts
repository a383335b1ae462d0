/** The demo's second half: finished sessions are reviewed, one is commented on, and the work of all comes to main. */
import { execFile } from 'node:child_process';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import { runGit } from '../../git/command/run-git.ts';
import { comment } from '../commands/comment.ts';
import { diff } from '../commands/diff.ts';
import { land } from '../commands/land.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type RunOutcome, watchRun } from '../connect/watch-run.ts';
import { exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { createTimeline } from '../render/timeline.ts';
import { rowOf, until } from './demo-sessions.ts';
import type { Narrator } from './narrator.ts';
import { silent } from './silent.ts';

const commented = { session: 'refactor', place: 'src/greet.js:7', text: 'Freeze it, name them in README' } as const;
const conflicting = 'readme';
const others = ['tests', commented.session] as const;
const runLimitMs = 20_000;

/** From three finished sessions to one branch. Raises `verify.failed` at the first claim that does not hold. */
export const mergeWork = async (invocation: Invocation, narrator: Narrator, repository: string): Promise<void> => {
  await review(invocation, narrator);
  await landTwo(invocation, narrator, repository);
  await solveConflict(invocation, narrator, repository);
  await narrator.command('git log --oneline main');
  await invocation.terminal.write(await gitIn(repository, 'log', '--oneline', 'main'));
  await narrator.command('npm test');
  await narrator.claim('main has the work of all three, and its tests pass', await testsPass(repository));
};

const review = async (invocation: Invocation, narrator: Narrator): Promise<void> => {
  const { session, place, text } = commented;
  await narrator.chapter('A look at what was done, and a word on it');
  await narrator.command(`throughline diff ${session} --stat --against main`);
  await diff(invocation, session, [], { stat: true, against: 'main' });
  await narrator.command(`throughline comment ${session} ${place} "${text}"`);
  await comment(silent(invocation), session, { place, text }, {});
  await narrator.command(`throughline comment ${session} --send`);
  const outcome = await watchNextRun(invocation, session, () =>
    comment(silent(invocation), session, { place: undefined, text: undefined }, { send: true }),
  );
  const isAnswered = async (): Promise<boolean> => {
    const { id } = await rowOf(invocation, session);
    const client = await ensureRuntime(invocation.directory, { script: thisProgram() });
    const { comments } = await client.call('reviewComments', { parameters: { id } });
    return comments.length === 1 && comments.every(({ state }) => state === 'answered');
  };
  await until(isAnswered);
  await narrator.claim(
    'answered, and not only in words: git sees that line changed',
    isCompleted(outcome) && (await isAnswered()),
  );
};

const landTwo = async (invocation: Invocation, narrator: Narrator, repository: string): Promise<void> => {
  await narrator.chapter('Two of them land');
  await narrator.command(`throughline land ${others.join(' ')}`);
  const exitCode = await land(invocation, others, {});
  const commits = await gitIn(repository, 'rev-list', '--count', 'main');
  const changed = await gitIn(repository, 'status', '--porcelain');
  await narrator.claim(
    'each is a commit on main, and the folder that has main out has followed',
    exitCode === exitCodes.done && commits.trim() === '3' && changed === '',
  );
};

const solveConflict = async (invocation: Invocation, narrator: Narrator, repository: string): Promise<void> => {
  await narrator.chapter('The third changed the same lines');
  const tip = await gitIn(repository, 'rev-parse', 'main');
  await narrator.command(`throughline land ${conflicting} --dry-run`);
  const foreseen = await land(invocation, [conflicting], { dryRun: true });
  await narrator.command(`throughline land ${conflicting}`);
  let returned: number | undefined;
  const outcome = await watchNextRun(invocation, conflicting, async () => {
    returned = await land(invocation, [conflicting], {});
    await narrator.claim(
      'it was foreseen, main was not touched, and the agent has it as a task',
      foreseen === exitCodes.refused && returned === foreseen && (await gitIn(repository, 'rev-parse', 'main')) === tip,
    );
  });
  await narrator.claim('its agent has brought both sides together', isCompleted(outcome));
  await narrator.command(`throughline land ${conflicting}`);
  await narrator.claim('now it lands', (await land(invocation, [conflicting], {})) === exitCodes.done);
};

/** Does what gives a session its next run, and shows that run as it happens. */
const watchNextRun = async (
  invocation: Invocation,
  name: string,
  begin: () => Promise<unknown>,
): Promise<RunOutcome> => {
  const { terminal, directory } = invocation;
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const { position } = await client.call('health', {});
  const { id, runCount, worktree } = await rowOf(invocation, name);
  const run = runCount + 1;
  await begin();
  const timeline = createTimeline({
    colours: terminal.colours,
    folder: worktree.path,
    separators: false,
    answers: null,
  });
  const show = async (event: HistoryEvent): Promise<void> => {
    if (event.run === run) await terminal.write(timeline.show(event));
  };
  const signal = AbortSignal.timeout(runLimitMs);
  const outcome = await watchRun({ client, session: id, run, from: position, signal, onEvent: show });
  await terminal.write(timeline.end());
  return outcome;
};

const isCompleted = (outcome: RunOutcome): boolean => outcome.kind === 'ended' && outcome.status === 'completed';

const gitIn = (repository: string, ...words: readonly string[]): Promise<string> =>
  runGit({ cwd: repository, arguments: words });

/** As `npm test` does it there, without npm, whose start takes longer than the tests. */
const testsPass = (repository: string): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['--test'], { cwd: repository }, (error) => resolve(error === null));
  });
