/** What the runtime does to git and to the disk, held against the log at the moment when it does it. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { equal, is, match, ok } from 'uvu/assert';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { Sqlite } from '../../actors/store/file/sqlite.ts';
import { holdGit } from '../support/held-git.ts';
import { message, openLogWorld } from '../support/log-world.ts';
import { serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import { withPath } from '../support/with-path.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  git,
  type OpenRuntime,
  request,
  start,
  type World,
} from '../support/world.ts';

const test = suite('facts before git', { timeLimitMs: 240_000 });
test.after(closeWorlds);

/**
 * Every command of git that changes a repository or a worktree, as the runtime calls them. A snapshot is kept before it is
 * said: that adds a ref of ours and changes nothing that was there.
 */
const changing = ['worktree add', 'reset --hard', 'update-ref -m', 'update-ref -d', 'worktree remove'];

type Stored = { readonly type: string; readonly payload: Readonly<Record<string, unknown>> };

/** The ledger of the only session, as anybody can read it on the disk now. */
const ledgerOf = (world: World): readonly Stored[] => {
  const database = new Sqlite(world.directory.database, { readonly: true });
  const rows = database
    .prepare<[], { type: string; payload: string }>(
      'SELECT type, payload FROM session_events JOIN runs USING (run_key) WHERE ordinal = 0 ORDER BY position',
    )
    .all();
  database.close();
  return rows.map(({ type, payload }) => ({ type, payload: JSON.parse(payload) }));
};

/** How far the removal has come of the session that has come furthest, as its row says it. */
const removalOf = (world: World): number => {
  const database = new Sqlite(world.directory.database, { readonly: true });
  const removed = Number(database.prepare('SELECT max(removed) FROM sessions').pluck().get());
  database.close();
  return removed;
};

test('[law 7] whatever git is told to change, the fact that says so is in the log by then', async () => {
  const world = createWorld('facts');
  const held = holdGit(changing);
  await withPath(held.path, async () => {
    const runtime = await world.open();
    const seen: string[] = [];
    /** Carries out a command, and looks at the log each time that git is about to change something. */
    const watch = async <Value>(command: Promise<Value>, look: (call: string) => void): Promise<Value> => {
      let isDone = false;
      const done = command.finally(() => {
        isDone = true;
      });
      done.catch(() => {});
      for (;;) {
        const call = await until('git stops, or the command is done', () => held.call() ?? isDone);
        if (call === true) return done;
        seen.push(changing.find((each) => call.includes(each)) ?? call);
        look(call);
        held.letGo();
      }
    };

    const { id } = await watch(start(runtime, world, 'quick', { worktree: true }), (call) => {
      const created = ledgerOf(world).find(({ type }) => type === 'session_created');
      ok(created, call);
      if (call.includes(' -b ')) ok(call.includes(` -b ${created.payload.branch} `), call);
    });
    equal(seen, ['worktree add', 'reset --hard']);
    const { worktree } = await ended(runtime, id);
    ok(worktree.path && worktree.branch);
    const { path, branch } = worktree;
    await until('its end is kept', () => ledgerOf(world).filter(({ type }) => type === 'snapshot_taken').length === 2);
    writeFileSync(`${path}/draft.txt`, 'unsaved\n');

    const { parkedRef } = await watch(runtime.remove(id, { force: true }), (call) => {
      const begun = ledgerOf(world).find(({ type }) => type === 'removal_begun');
      ok(begun, call);
      if (call.includes('parked')) {
        ok(call.includes(` ${begun.payload.keepUnder} `), call);
        ok(existsSync(`${path}/draft.txt`), 'its work is kept before anything of it goes');
      }
    });
    // The branch, the snapshots, and the tree that was put back last.
    equal(seen.slice(2), ['update-ref -m', 'worktree remove', 'update-ref -d', 'update-ref -d', 'update-ref -d']);
    ok(parkedRef);
    is(git(world.repository, 'show', `${parkedRef}:draft.txt`), 'unsaved');
    is(git(world.repository, 'branch', '--list', branch), '');
    equal(
      ledgerOf(world).map(({ type }) => type),
      ['session_removed'],
    );
    is(ledgerOf(world)[0]?.payload.parkedRef, parkedRef, 'whoever reads the log finds the work');
    await world.close();
  });
});

/** Holds the database as nobody should; gives what lets it go. */
const blockWriter = (world: World): (() => void) => {
  const database = new Sqlite(world.directory.database);
  database.exec('BEGIN IMMEDIATE');
  return () => database.close();
};

const isPaused = (runtime: OpenRuntime): boolean =>
  runtime.logged.some((line) => line.message.startsWith('the database cannot be written'));

test('[law 7] while nothing can be recorded, nothing of a session is removed', async () => {
  const world = createWorld('facts');
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'quick', { worktree: true });
  const { worktree } = await ended(runtime, id);
  ok(worktree.path && worktree.branch);
  writeFileSync(`${worktree.path}/draft.txt`, 'unsaved\n');
  runtime.windowMemory.remember(`draft.${id}`, 'Go on');
  const unblock = blockWriter(world);
  let isRefused = false;
  const removing = runtime.remove(id, { force: true }).catch(() => {
    isRefused = true;
  });
  await until('the writer cannot write', () => isPaused(runtime) || isRefused);
  ok(existsSync(`${worktree.path}/draft.txt`));
  is(git(world.repository, 'for-each-ref', 'refs/throughline/parked'), '');
  ok(git(world.repository, 'branch', '--list', worktree.branch).includes(worktree.branch));
  equal(runtime.windowMemory.recall(), { [`draft.${id}`]: 'Go on' });
  unblock();
  await removing;
  if (isRefused) {
    await until('it can be written again', () =>
      runtime.rename(id, 'again').then(
        () => true,
        () => false,
      ),
    );
    await runtime.remove(id, { force: true });
  }
  is(existsSync(worktree.path), false);
  equal(runtime.windowMemory.recall(), {});
  await world.close();
});

/** Where a removal is cut short: at which command of git, and on which side of it. */
const places = [
  ['update-ref -m parked', 'before'],
  ['update-ref -m parked', 'after'],
  ['worktree remove', 'before'],
  ['worktree remove', 'after'],
  ['update-ref -d', 'before'],
  ['update-ref -d', 'after'],
] as const;

for (const [call, when] of places) {
  test(`[law 21] a removal that is killed ${when} git ${call} is finished at the next start`, async () => {
    const world = createWorld('facts');
    const held = holdGit([call], when);
    const runtime = await withPath(held.path, () => serve(world.directory));
    const { id } = await runtime.startSession(request(world, 'quick', { worktree: true }));
    const { worktree } = await ended(runtime, id);
    ok(worktree.path && worktree.branch);
    writeFileSync(`${worktree.path}/draft.txt`, 'unsaved\n');
    const removing = runtime.remove(id, { force: true });
    removing.catch(() => {});
    match(await held.stopped(), new RegExp(call));
    equal((await runtime.dashboard()).rows, [], 'it is no session any more');
    await runtime.kill();
    is(removalOf(world), 2);
    // As far as a folder may have gone when it was cut short.
    if (!existsSync(worktree.path)) mkdirSync(`${worktree.path}.removed/source`, { recursive: true });

    const next = await serve(world.directory);
    await until('the removal is finished', () => removalOf(world) === 1);
    equal((await next.dashboard()).rows, []);
    is(existsSync(worktree.path), false);
    is(existsSync(`${worktree.path}.removed`), false);
    is(git(world.repository, 'branch', '--list', worktree.branch), '');
    is(git(world.repository, 'worktree', 'list', '--porcelain').match(/^worktree /gm)?.length, 1);
    const parked = git(world.repository, 'for-each-ref', '--format=%(refname)', 'refs/throughline').split('\n');
    is(parked.length, 1, 'it is kept once');
    is(git(world.repository, 'show', `${parked[0]}:draft.txt`), 'unsaved');
    const [tombstone] = ledgerOf(world);
    equal([tombstone?.type, tombstone?.payload.parkedRef], ['session_removed', parked[0]]);
    is((await next.verify()).ok, true);
    is(await next.stop(), 0);
  });
}

test('[law 21] a removal that is killed between its pieces goes on at the next start, and its session is none meanwhile', async () => {
  const world = createWorld('facts');
  const first = await world.open();
  const { id, runId } = await start(first, world, 'quick', { worktree: true });
  const { worktree } = await ended(first, id);
  const kept = await start(first, world, 'quick', { name: 'kept' });
  await ended(first, kept.id);
  await first.stop();
  const log = openLogWorld({ path: world.directory.database, marks: true });
  const { runKey } = log.log.runById(runId) ?? { runKey: null };
  ok(runKey);
  for (let count = 0; count < 120; count += 1) {
    log.append(runKey, ...Array.from({ length: 1_000 }, (_, index) => message(`words ${count} ${index}`)));
  }
  log.close();

  const runtime = await serve(world.directory);
  const removing = runtime.remove(id as SessionId, { force: true });
  removing.catch(() => {});
  await until('pieces are gone', () => removalOf(world) === 3, { everyMs: 5 });
  await runtime.kill();
  is(removalOf(world), 3, 'it was killed in its midst');
  const between = openLogWorld({ path: world.directory.database, closesCleanly: false });
  const report = between.queries.verify();
  ok(report.ok, report.ok ? '' : report.difference);
  equal(
    between.queries.dashboard().rows.map(({ name }) => name),
    ['kept'],
  );
  between.close();

  const next = await serve(world.directory);
  equal(
    (await next.dashboard()).rows.map(({ name }) => name),
    ['kept'],
  );
  await until('the removal is finished', () => removalOf(world) === 1);
  is(worktree.path !== null && existsSync(worktree.path), false);
  const whole = await next.verify();
  ok(whole.ok, whole.ok ? '' : whole.difference);
  is(whole.sessions, 1);
  is(await next.stop(), 0);
});

test('[law 21] a session whose worktree was being made when the runtime was killed leaves nothing when it is removed', async () => {
  for (const when of ['before', 'after'] as const) {
    const world = createWorld('facts');
    const held = holdGit(['worktree add'], when);
    const runtime = await withPath(held.path, () => serve(world.directory));
    const starting = runtime.startSession(request(world, 'quick', { worktree: true }));
    starting.catch(() => {});
    await held.stopped();
    await runtime.kill();
    const next = await serve(world.directory);
    const [row] = (await next.dashboard()).rows;
    ok(row?.restored);
    await next.remove(row.id as SessionId, { force: false });
    is(git(world.repository, 'branch', '--list', 'throughline/*'), '');
    is(git(world.repository, 'worktree', 'list', '--porcelain').match(/^worktree /gm)?.length, 1);
    is((await next.verify()).ok, true);
    is(await next.stop(), 0);
  }
});

test('[law 21] a removal whose folder cannot be taken away is undone: the session is there again and says why', async () => {
  const world = createWorld('facts');
  const held = holdGit(['update-ref -m parked']);
  await withPath(held.path, async () => {
    const runtime = await world.open();
    const { id } = await start(runtime, world, 'quick', { worktree: true });
    const { worktree } = await ended(runtime, id);
    ok(worktree.path);
    writeFileSync(`${worktree.path}/draft.txt`, 'unsaved\n');
    const removing = runtime.remove(id, { force: true });
    removing.catch(() => {});
    await held.stopped();
    // Something in the place where the folder is moved to, which does not go.
    const aside = `${worktree.path}.removed`;
    mkdirSync(`${aside}/in-the-way`, { recursive: true });
    writeFileSync(`${aside}/in-the-way/file`, '');
    held.letGo();
    await removing.then(
      () => ok(false, 'it should have been refused'),
      () => {},
    );
    equal(
      (await runtime.dashboard()).rows.map((row) => row.id),
      [id],
    );
    ok(existsSync(`${worktree.path}/draft.txt`), 'its folder is whole');
    equal(
      ledgerOf(world).flatMap(({ type }) => (type.startsWith('removal_') ? [type] : [])),
      ['removal_begun', 'removal_abandoned'],
    );
    is((await runtime.verify()).ok, true);
  });
  await world.close();
});

test.run();
