/** The runtime killed at a step of a restore, or of a worktree made anew: what the next start makes of it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { restoreRequest } from '../../../actors/protocol/gateway/snapshot-routes.ts';
import type { SessionWork } from '../../../actors/protocol/gateway/work.ts';
import type { Runtime } from '../../../runtime/surface.ts';
import { holdGit } from '../../support/held-git.ts';
import { serve } from '../../support/served.ts';
import type { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { withPath } from '../../support/with-path.ts';
import { createWorld, ended, git, historyOf, rowOf, start, type World } from '../../support/world.ts';

type Suite = ReturnType<typeof suite>;

/** At which command of git it is killed, and on which side of it. */
export type KillPlace = readonly [call: string, when: 'before' | 'after'];

export const restorePlaces: readonly KillPlace[] = [
  ['update-ref -- refs/throughline/discarded', 'before'],
  ['read-tree -m -u', 'before'],
  ['update-ref -- refs/throughline/held', 'before'],
  ['update-ref -- refs/throughline/discarded', 'after'],
  ['read-tree -m -u', 'after'],
];

export const recoveryPlaces: readonly KillPlace[] = [
  ['read-tree --reset', 'before'],
  ['worktree add', 'before'],
  ['read-tree --reset', 'after'],
];

const editing = (world: World): string =>
  world.script(
    'editing',
    { steps: [{ do: 'edit', path: 'one.txt', text: 'one\n' }] },
    { steps: [{ do: 'run', command: 'echo two > one.txt; echo new > two.txt; rm README.md' }] },
    { steps: [{ do: 'say', text: 'I was told: {{prompt}}', everyMs: 0 }] },
  );

const taken = (of: Pick<Runtime, 'work'>, id: SessionId, count: number): Promise<SessionWork> =>
  until(`${count} snapshots are taken`, async () => {
    const work = await of.work(id);
    return work.snapshots.length >= count && work;
  });

/** A session after two runs, made by a runtime that is stopped again. */
export const prepared = async (name: string) => {
  const world = createWorld(name);
  const runtime = await world.open();
  const { id } = await start(runtime, world, editing(world), { worktree: true });
  const { worktree } = await ended(runtime, id);
  await taken(runtime, id, 2);
  await runtime.prompt(id, 'Change it.');
  await ended(runtime, id);
  await taken(runtime, id, 4);
  await world.close();
  ok(worktree.path);
  return { world, id, path: worktree.path };
};

export const undo = restoreRequest.parse({ to: 'before-run:2', kind: 'undo' });

/** A test for a kill during a restore. */
export const killedRestore = (test: Suite, [call, when]: KillPlace): void =>
  test(`[law 21] killed ${when} git ${call}, it is whole at the next start, or was never begun`, async () => {
    const { world, id, path } = await prepared('restore-kill');
    const held = holdGit([call], when);
    const runtime = await withPath(held.path, () => serve(world.directory));
    const restoring = runtime.restore(id, undo);
    restoring.catch(() => {});
    match(await held.stopped(), call);
    // Half of its files are there, as when git itself is killed.
    if (call.startsWith('read-tree') && when === 'before') writeFileSync(join(path, 'one.txt'), 'one\n');
    await runtime.kill();
    const next = await serve(world.directory);
    const work = await until('nothing is under way', async () => {
      const found = await next.work(id);
      return found.restores.every(({ state }) => state !== 'under_way') && found;
    });
    is((await rowOf(next, id)).work.restoring, false);
    const isUndone = work.restores.length > 0;
    is(isUndone, !call.includes('held'), call);
    const { discarded } = await next.client.call('discarded', {});
    equal(
      discarded.map(({ words }) => words),
      isUndone ? ['before undo of run 2'] : [],
      'what was given up is listed, wherever it was killed',
    );
    equal(
      [existsSync(join(path, 'two.txt')), existsSync(join(path, 'README.md'))],
      isUndone ? [false, true] : [true, false],
    );
    if (isUndone) {
      is(work.restores.at(-1)?.state, 'finished');
      await next.restore(id, restoreRequest.parse({ to: work.restores.at(-1)?.from, kind: 'undo' }));
      is(readFileSync(join(path, 'two.txt'), 'utf8'), 'new\n');
    }
    is((await next.verify()).ok, true);
    is(await next.stop(), 0);
  });

/** A test for a kill while a worktree that is gone is made anew. */
export const killedRecovery = (test: Suite, [call, when]: KillPlace): void =>
  test(`[law 19] a worktree that is gone is made anew on resume, also when killed ${when} git ${call}`, async () => {
    const { world, id, path } = await prepared('recovery-kill');
    writeFileSync(join(path, 'mine.txt'), 'mine\n');
    const first = await world.open();
    // What was put back after the last snapshot is the last that is known of its files.
    await first.restore(id, restoreRequest.parse({ to: 'before-run:2', kind: 'undo', paths: ['README.md'] }));
    await world.close();
    rmSync(path, { recursive: true });
    if (call === 'worktree add') git(world.repository, 'worktree', 'prune', '--expire=now');
    const held = holdGit([call], when);
    const runtime = await withPath(held.path, () => serve(world.directory));
    const resuming = runtime.prompt(id, 'Go on.');
    resuming.catch(() => {});
    match(await held.stopped(), call);
    await runtime.kill();
    const next = await serve(world.directory);
    await until('nothing is under way', async () => !(await rowOf(next, id)).work.restoring);
    const row = await rowOf(next, id);
    if (row.activeRunId !== null) await next.interrupt(id);
    await next.prompt(id, 'Go on.');
    await ended(next, id);
    equal(
      ['one.txt', 'two.txt', 'mine.txt'].map((file) => readFileSync(join(path, file), 'utf8')),
      ['two\n', 'new\n', 'mine\n'],
    );
    ok(existsSync(join(path, 'README.md')));
    is(git(path, 'status', '--porcelain', '-uall'), '?? mine.txt\n?? one.txt\n?? two.txt');
    const recovered = (await historyOf(next, id)).filter(({ type }) => type === 'worktree_recovered');
    ok(recovered.length >= 1);
    is((await next.verify()).ok, true);
    is(await next.stop(), 0);
  });
