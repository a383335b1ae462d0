import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, not, ok } from 'uvu/assert';
import { unbornSession } from '../../actors/model/dashboard/session-projection.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { openQueries } from '../../actors/reader/open-queries.ts';
import { Sqlite } from '../../actors/store/file/sqlite.ts';
import { parseConfiguration } from '../../runtime/data/configuration.ts';
import { openLog } from '../../runtime/data/log.ts';
import { createWorktrees } from '../../runtime/git/worktrees.ts';
import { enforceRetention } from '../../runtime/sessions/retention.ts';
import { removeSessionFolder } from '../../runtime/sessions/session-folder.ts';
import type { Runtime } from '../../runtime/surface.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, ended, errorOf, git, rowOf, spoke, start, type World } from '../support/world.ts';

const test = suite('what is deleted', { timeLimitMs: 180_000 });
test.after(closeWorlds);

const log = openLog({ path: null });
const secret = 'heliotrope-and-vermilion';

/** Whether a text is anywhere in the database's files. */
const isOnDisk = (database: string, text: string): boolean =>
  ['', '-wal', '-shm'].some(
    (suffix) => existsSync(database + suffix) && readFileSync(database + suffix).includes(text),
  );

test('a removal refuses uncommitted work, parks it when forced, and really deletes the events', async () => {
  const world = createWorld('remove');
  const runtime = await world.open();
  const agent = world.script('secretive', { steps: [{ do: 'say', text: `It is ${secret}.`, everyMs: 0 }] });
  const kept = await start(runtime, world, 'quick');
  await ended(runtime, kept.id);
  const { id } = await start(runtime, world, agent, { worktree: true });
  const { worktree } = await ended(runtime, id);
  ok(worktree.path && worktree.branch);
  writeFileSync(join(worktree.path, 'draft.txt'), 'unsaved\n');
  ok(isOnDisk(world.directory.database, secret));

  is((await errorOf(runtime.remove(id, { force: false }))).code, 'worktree.dirty');
  is((await rowOf(runtime, id)).status, 'Completed', 'it is still there');
  ok(existsSync(join(worktree.path, 'draft.txt')));
  await runtime.prompt(id, 'It still works.');
  await ended(runtime, id);

  runtime.windowMemory.remember(`draft.${id}`, `Say ${secret} again`);
  runtime.windowMemory.remember(`draft.${kept.id}`, 'Go on');
  const { parkedRef } = await runtime.remove(id, { force: true });
  ok(parkedRef);
  equal(runtime.windowMemory.recall(), { [`draft.${kept.id}`]: 'Go on' });
  not.ok(readFileSync(join(world.directory.root, 'remembered.json'), 'utf8').includes(secret));
  is(git(world.repository, 'show', `${parkedRef}:draft.txt`), 'unsaved');
  is(existsSync(worktree.path), false);
  is(git(world.repository, 'branch', '--list', worktree.branch), '');
  equal(
    (await runtime.dashboard()).rows.map((row) => row.id),
    [kept.id],
  );
  is((await errorOf(runtime.session(id))).code, 'session.not_found');
  is((await errorOf(runtime.history(id, null, 10))).code, 'session.not_found');
  is((await errorOf(runtime.prompt(id, 'Hello?'))).code, 'session.not_found');
  await until('nothing it said is left in the files', () => !isOnDisk(world.directory.database, secret));
  const report = await runtime.verify();
  ok(report.ok);
  is(report.sessions, 1);
  await world.close();
  is(isOnDisk(world.directory.database, secret), false);
  const again = await world.open();
  is((await again.verify()).ok, true);
  await world.close();
});

test('a running session is removed only by force, and its agent goes with it', async () => {
  const world = createWorld('remove');
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'stubborn', { worktree: true });
  await spoke(runtime, id);
  is((await errorOf(runtime.remove(id, { force: false }))).code, 'session.busy');
  await runtime.remove(id, { force: true });
  equal(world.agents(), []);
  equal((await runtime.dashboard()).rows, []);
  is((await runtime.verify()).ok, true);
  await world.close();
});

test('when its repository is gone, a folder is removed by force only if it is one that we made, whatever the log names', async () => {
  const folder = temporaryFolder('remove');
  const [within, victim] = [join(folder, 'worktrees'), join(folder, 'victim')];
  const [id, other] = ['01890a5d-ac96-774b-bcce-b302099a8057', '01890a5d-ac96-774b-bcce-b302099a8058'] as const;
  const ours = join(within, id);
  // A restored backup of somebody else's says what he wants.
  const named = [victim, `${ours}/../../victim`, within, `${ours}/..`, join(within, other), folder];
  for (const worktreePath of [...named, ours]) {
    for (const path of [victim, ours, join(within, other)]) mkdirSync(path, { recursive: true });
    writeFileSync(join(victim, 'precious.txt'), 'precious');
    const state = { ...unbornSession, repository: join(folder, 'gone'), worktreePath, baseCommit: 'a'.repeat(40) };
    const taken = { takesBranch: false, takesWorktree: null };
    const how = { taken, force: true, keepUnder: null, now: 0 };
    const options = { id: id as SessionId, state, worktrees: createWorktrees(), worktreesFolder: within, ...how };
    is(await removeSessionFolder(options), null);
    ok(existsSync(join(victim, 'precious.txt')), worktreePath);
    ok(existsSync(join(within, other)), worktreePath);
    is(existsSync(ours), worktreePath !== ours, worktreePath);
  }
});

const bulky = (world: World): string =>
  world.script('bulky', {
    steps: [
      {
        do: 'repeat',
        times: 40,
        steps: [
          { do: 'say', text: 'x'.repeat(30_000), chunkCharacters: 30_000, everyMs: 0 },
          { do: 'plan', entries: [{ content: 'on' }] },
        ],
      },
    ],
  });

/** What the database holds, as anybody can count it. */
const usedBytes = async (world: World): Promise<number> => {
  const queries = openQueries(world.directory.database, { runtimeIsAlive: true });
  const used = queries.usedBytes();
  queries.close();
  return used;
};

const enforcing = (runtime: Runtime, world: World) => {
  const limits = parseConfiguration('{}', '').retention;
  return (more: typeof limits) => enforceRetention({ runtime, limits: more, usedBytes: () => usedBytes(world), log });
};

const namesOf = async (runtime: Runtime): Promise<readonly string[]> =>
  (await runtime.dashboard()).rows.map(({ name }) => name).sort();

test('[law 17] retention deletes by age and by size, the oldest first, and never what runs or has uncommitted work', async () => {
  const world = createWorld('retention');
  const runtime = await world.open();
  const agent = bulky(world);
  // Behind the oldest comes one that may be deleted as well, and is not.
  for (const name of ['dirty', 'oldest', 'second', 'newest']) {
    const { id } = await start(runtime, world, agent, { name, worktree: true });
    const { worktree } = await ended(runtime, id);
    if (name === 'dirty' && worktree.path !== null) writeFileSync(join(worktree.path, 'draft.txt'), 'unsaved\n');
  }
  const running = await start(runtime, world, 'hang', { name: 'running' });
  await spoke(runtime, running.id);
  const used = await usedBytes(world);
  ok(used > 4_000_000, `${used} bytes`);
  const enforce = enforcing(runtime, world);
  await enforce({});
  equal((await runtime.dashboard()).rows.length, 5);
  await enforce({ maxTotalMegabytes: (used - 1_000_000) / 1024 / 1024 });
  equal(
    await namesOf(runtime),
    ['dirty', 'newest', 'running', 'second'],
    'the one that ended longest ago and may go was enough',
  );
  await until('its space was given back', () => statSync(world.directory.database).size < used - 1_000_000);
  await enforce({ maxAgeDays: -1 });
  equal(await namesOf(runtime), ['dirty', 'running']);
  is((await runtime.verify()).ok, true);
  await world.close();
});

test('[law 17] retention deletes no more than it has to while somebody reads, who keeps the file from becoming smaller', async () => {
  const world = createWorld('retention');
  const runtime = await world.open();
  const agent = bulky(world);
  for (const name of ['oldest', 'second', 'third']) {
    const { id } = await start(runtime, world, agent, { name });
    await ended(runtime, id);
  }
  const used = await usedBytes(world);
  // As `verify` and a backup do for as long as they take.
  const reader = new Sqlite(world.directory.database, { readonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM session_events').get();
  await enforcing(runtime, world)({ maxTotalMegabytes: (used - 1_000_000) / 1024 / 1024 });
  equal(await namesOf(runtime), ['second', 'third']);
  const wal = `${world.directory.database}-wal`;
  ok(statSync(wal).size > 0);
  reader.close();
  await until('the write-ahead log is emptied when nobody reads in it any more', () => statSync(wal).size === 0);
  await until('its space was given back', () => statSync(world.directory.database).size < used - 1_000_000);
  await world.close();
});

test.run();
