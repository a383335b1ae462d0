/**
 * The promise itself: the shipped program is killed with SIGKILL at random moments while several agents work, and every
 * event that anybody was told of is there afterwards, exactly once and in its place.
 *
 * THROUGHLINE_CRASH_SEED repeats the moments of a run, THROUGHLINE_CRASH_ROUNDS sets how many there are.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { equal, is, match, ok } from 'uvu/assert';
import { ThroughlineError } from '../../actors/protocol/error.ts';
import type { SessionId } from '../../actors/protocol/ids.ts';
import { type Served, serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { closeWorlds, createWorld, ended, errorOf, gone, request } from '../support/world.ts';
import { createWitness } from './witness.ts';

const seed = Number(process.env.THROUGHLINE_CRASH_SEED ?? randomInt(2 ** 31));
const rounds = Number(process.env.THROUGHLINE_CRASH_ROUNDS ?? 50);
const sessionCount = 4;
/** From the commands that make the load to the kill, at most. */
const longestLifeMs = 1_600;
const fullCheckEvery = 10;

const test = suite('killing the runtime', { timeLimitMs: 10 * 60_000 });

/** mulberry32: a small generator that gives the same numbers for the same seed. */
const random = ((state: number) => (): number => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
})(seed);

const world = createWorld('crash');
test.after(closeWorlds);
// Each step is an event of its own: what changes its kind is not joined with what came before it.
const busy = world.script(
  'busy',
  { when: 'make an end', steps: [{ do: 'say', text: 'Finished.', everyMs: 0 }] },
  {
    steps: [
      {
        do: 'repeat',
        times: 10_000,
        steps: [
          { do: 'think', text: 'think', everyMs: 0 },
          { do: 'say', text: 'say', everyMs: 0 },
          { do: 'plan', entries: [{ content: 'plan' }] },
          { do: 'usage', tokens: 100 },
          { do: 'wait', ms: 2 },
        ],
      },
    ],
  },
);

test(`${rounds} kills under load lose, double and reorder nothing (seed ${seed})`, async () => {
  console.log(`\n  THROUGHLINE_CRASH_SEED=${seed} repeats these moments`);
  const witness = createWitness(world.directory);
  const sessions = new Set<SessionId>();
  let runtime = await serve(world.directory);

  for (let round = 1; round <= rounds; round += 1) {
    const where = `round ${round}, seed ${seed}`;
    witness.watch(runtime);
    // Not waited for: the kill is to hit beginnings as well.
    const commands = load(runtime, sessions, witness.heard);
    // What it raises is for the `await` below; until then it is nobody's unhandled error.
    commands.catch(() => {});
    await delay(random() * longestLifeMs);
    await runtime.kill();
    await commands;
    // Now and then one is killed while it starts.
    if (random() < 0.2) await killWhileStarting();

    runtime = await serve(world.directory);
    await gone(`${where}: the agents of the dead runtime`, () => world.agents());
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
  }

  const seen = witness.position();
  console.log(`  ${seen} events were seen`);
  ok(seen > rounds * 20, `there was load: ${seen} events`);
  witness.watch(runtime);
  for (const id of sessions) await runtime.resume(id, 'Now make an end.');
  for (const id of sessions) {
    const row = await ended(runtime, id);
    is(row.status, 'Completed');
    is(row.restored, false);
  }
  is(await runtime.stop(), 0);
  witness.confront({ whole: true });
  equal(world.agents(), []);
});

/** Begins sessions until there are enough, and takes the others up again. */
const load = async (
  runtime: Served,
  sessions: Set<SessionId>,
  heard: ReturnType<typeof createWitness>['heard'],
): Promise<void> => {
  const missing = Math.max(0, sessionCount - sessions.size);
  const commands = [
    ...[...sessions].map((id) => runtime.resume(id)),
    ...Array.from({ length: missing }, (_, index) =>
      runtime.startSession(request(world, busy, { worktree: index === 0, prompt: 'Work.' })),
    ),
  ];
  await Promise.all(
    commands.map((command) =>
      command.then(
        (started) => {
          sessions.add(started.id);
          heard(started);
        },
        (thrown) => {
          // The kill came first: what it would have answered, nobody knows.
          if (!(thrown instanceof ThroughlineError) || thrown.code !== 'runtime.unreachable') throw thrown;
        },
      ),
    ),
  );
};

const killWhileStarting = async (): Promise<void> => {
  const starting = serve(world.directory, [], AbortSignal.timeout(Math.ceil(random() * 400)));
  await starting.then(
    (started) => started.kill(),
    () => {},
  );
};

test('an answer that never came is told apart from a refusal', async () => {
  const runtime = await serve(createWorld('crash').directory);
  await runtime.kill();
  is((await errorOf(runtime.dashboard())).code, 'runtime.unreachable');
});

test.run();
