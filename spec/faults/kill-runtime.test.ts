/**
 * The promise itself: the shipped program is killed with SIGKILL at random moments while many agents work, and every
 * event that anybody was told of is there afterwards, exactly once and in its place.
 *
 * THROUGHLINE_KILLS sets how many kills there are; the short form has 50, the long form 1,000.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { equal, is, match, ok } from 'uvu/assert';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import type { NewSession } from '../../actors/protocol/gateway/api.ts';
import { Sqlite } from '../../actors/store/file/sqlite.ts';
import { type Served, serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, ended, errorOf, git, request, type World } from '../support/world.ts';
import { steadyAgent } from './agents/steady.ts';
import { createRandom, isLong, say, seed } from './support/form.ts';
import { createWitness, type Witness } from './support/witness.ts';

const kills = Number(process.env.THROUGHLINE_KILLS ?? (isLong ? 1_000 : 50));
/** After so many a new data directory is begun: what is checked each time grows with the log. */
const killsPerWorld = 50;
const sessionCount = 32;
/** One session of so many has a worktree of its own: git is slow, and would take the time for all others. */
const sessionsPerWorktree = 4;
/** Most are killed after so many events at most, whatever time a machine takes for them, and some in the beginning. */
const mostEventsOfALife = 400;
const shareKilledEarly = 0.3;
const earlyMs = 700;
const fullCheckEvery = 10;
/** So many are removed in each life, while all others work. */
const removalsPerLife = 2;

const test = suite('killing the runtime', { timeLimitMs: (isLong ? 240 : 14) * 60_000 });
test.after(closeWorlds);

const random = createRandom(seed);

test(`[law 1] [law 2] ${kills} kills under the load of ${sessionCount} sessions lose, double and reorder nothing`, async () => {
  say(`kill -9: THROUGHLINE_SEED=${seed} THROUGHLINE_KILLS=${kills} repeats these moments`);
  let seen = 0;
  let acknowledged = 0;
  for (let killed = 0; killed < kills; killed += killsPerWorld) {
    const figures = await killAgainAndAgain(Math.min(killsPerWorld, kills - killed), killed);
    seen += figures.seen;
    acknowledged += figures.acknowledged;
    if (isLong) say(`kill -9: ${killed + killsPerWorld} kills, ${seen} events`);
  }
  say(
    `kill -9: ${kills} kills, ${sessionCount} sessions: ${seen} events and ${acknowledged} commands seen, lost 0, doubled 0, out of order 0`,
  );
});

const killAgainAndAgain = async (rounds: number, before: number): Promise<{ seen: number; acknowledged: number }> => {
  const world = createWorld('kill');
  const witness = createWitness(world.directory);
  const sessions = new Set<SessionId>();
  const beginnings = createBeginnings(world);
  let runtime = await serve(world.directory);

  for (let round = 1; round <= rounds; round += 1) {
    const where = `kill ${before + round}, seed ${seed}`;
    witness.watch(runtime);
    // Not waited for: the kill is to hit beginnings as well.
    const commands = load(beginnings, runtime, sessions, witness);
    // What it raises is for the `await` below; until then it is nobody's unhandled error.
    commands.catch(() => {});
    if (random() < shareKilledEarly) await delay(random() * earlyMs);
    else await hasSeenMore(witness, random() * mostEventsOfALife);
    await runtime.kill();
    await commands;
    // Now and then one is killed while it starts.
    if (random() < 0.2) await killWhileStarting(world);

    runtime = await serve(world.directory);
    // Looked for through all processes of the machine, so not too often.
    await until(`${where}: no agent of the dead runtime is left`, () => world.agents().length === 0, { everyMs: 250 });
    witness.confront({ whole: round % fullCheckEvery === 0 || round === rounds });
    const { rows } = await runtime.dashboard();
    equal(
      rows.map(({ id }) => id).filter((id) => sessions.has(id as SessionId)).length,
      sessions.size,
      `${where}: every session that was begun is there`,
    );
    for (const row of rows) {
      sessions.add(row.id as SessionId);
      ok(row.status === 'Starting' || row.status === 'Running', `${where}: ${row.id} is ${row.status}`);
      is(row.restored, true, where);
      ok(row.restoredAt !== null && row.activeRunId !== null, where);
      match(row.recoveryHint ?? '', /^Throughline ended unexpectedly .*\. Resume to continue\.$/, where);
      is(row.pendingApprovals, 0, where);
    }
    if (isLong && round % 10 === 0) say(`kill -9: ${before + round} kills so far`);
  }

  const seen = witness.position();
  ok(seen > rounds * 20, `there was load: ${seen} events`);
  witness.watch(runtime);
  await until('every removal that was begun is finished', () => countOf(world, 'sessions WHERE removed > 1') === 0);
  ok(rounds < 10 || countOf(world, 'sessions WHERE removed = 1') > 0, 'some were removed');
  is(countOf(world, "session_events WHERE type = 'removal_abandoned'"), 0);
  await Promise.all([...sessions].map((id) => runtime.resume(id, 'Now make an end.')));
  let worktrees = 0;
  for (const id of sessions) {
    const row = await ended(runtime, id);
    is(row.status, 'Completed', row.failureReason ?? '');
    is(row.restored, false);
    if (row.worktree.path === null) continue;
    worktrees += 1;
    inspectWorktree(row.worktree.path, row.worktree.branch);
  }
  ok(worktrees > 0, 'some had a worktree');
  is(readdirSync(world.directory.worktrees).length, worktrees, 'nothing is left of those that were removed');
  git(world.repository, 'fsck', '--no-dangling');
  is(git(world.repository, 'symbolic-ref', '--short', 'HEAD'), 'main');
  is(git(world.repository, 'status', '--porcelain'), '');
  is(await runtime.stop(), 0);
  witness.confront({ whole: true });
  equal(world.agents(), []);
  return { seen: witness.position(), acknowledged: witness.acknowledged() };
};

const countOf = (world: World, what: string): number => {
  const database = new Sqlite(world.directory.database, { readonly: true });
  const count = Number(database.prepare(`SELECT count(*) FROM ${what}`).pluck().get());
  database.close();
  return count;
};

/** It is on its branch, git can work in it, and what the agent wrote is whole lines. */
const inspectWorktree = (path: string, branch: string | null): void => {
  is(git(path, 'symbolic-ref', '--short', 'HEAD'), branch);
  const changed = git(path, 'status', '--porcelain');
  ok(changed === '' || changed === '?? work.txt', changed);
  if (changed === '') return;
  for (const line of readFileSync(`${path}/work.txt`, 'utf8').trimEnd().split('\n')) match(line, /^line \d+$/);
};

const hasSeenMore = (witness: Witness, events: number): Promise<unknown> => {
  const from = witness.position();
  return until(`${Math.ceil(events)} more events were seen`, () => witness.position() > from + events, {
    timeLimitMs: 5 * 60_000,
  });
};

/** Sessions to begin: over all lives of a world every so many has a worktree, however many of them are removed. */
const createBeginnings = (world: World): (() => NewSession) => {
  let count = 0;
  return () => {
    const worktree = count % sessionsPerWorktree === 0;
    count += 1;
    return request(world, steadyAgent(0.02, worktree ? 'work.txt' : undefined), { worktree, prompt: 'Work.' });
  };
};

/** Begins sessions until there are enough, and takes the others up again. */
const load = async (
  nextBeginning: () => NewSession,
  runtime: Served,
  sessions: Set<SessionId>,
  witness: Witness,
): Promise<void> => {
  // Not those that a life before this one has gone on to remove: they are in nobody's list.
  const leaving = [...sessions].filter(() => random() < removalsPerLife / sessionCount);
  for (const id of leaving) {
    sessions.delete(id);
    witness.mayGo(id);
  }
  const removals = leaving.map((id) => runtime.remove(id, { force: true }));
  const commands = [
    ...[...sessions].map((id) => runtime.resume(id)),
    ...Array.from({ length: Math.max(0, sessionCount - sessions.size) }, () => runtime.startSession(nextBeginning())),
  ];
  // The kill came first: what it would have answered, nobody knows.
  const unlessKilled = (thrown: unknown): void => {
    if (!(thrown instanceof ThroughlineError) || thrown.code !== 'runtime.unreachable') throw thrown;
  };
  const begun = commands.map((command) =>
    command.then((started) => {
      sessions.add(started.id);
      witness.heard(started);
    }, unlessKilled),
  );
  await Promise.all([...begun, ...removals.map((removing) => removing.then(() => {}, unlessKilled))]);
};

const killWhileStarting = async (world: World): Promise<void> => {
  const starting = serve(world.directory, [], AbortSignal.timeout(Math.ceil(random() * 400)));
  await starting.then(
    (started) => started.kill(),
    () => {},
  );
};

test('an answer that never came is told apart from a refusal', async () => {
  const runtime = await serve(createWorld('kill').directory);
  await runtime.kill();
  is((await errorOf(runtime.dashboard())).code, 'runtime.unreachable');
});

test.run();
