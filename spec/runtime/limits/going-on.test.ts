/** Runs that wait for a limit, through a real runtime, the rehearsal agent, and a clock of the test. */
import { equal, is, match, ok } from 'uvu/assert';
import type { ScriptBody } from '../../../actors/agents/rehearsal/scripts/script-body.ts';
import { goOnText } from '../../../actors/model/run/decide.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { Runtime } from '../../../runtime/surface.ts';
import { suite } from '../../support/suite.ts';
import { testClock } from '../../support/test-clock.ts';
import { until } from '../../support/until.ts';
import { closeWorlds, createWorld, ended, errorOf, field, historyOf, rowOf, start } from '../../support/world.ts';

const test = suite('going on after a limit', { timeLimitMs: 120_000 });
test.after(closeWorlds);

const hour = 3_600_000;
const refused = { steps: [{ do: 'error' as const, code: 429, message: 'Quota reached. Resets in 1h0m0s.' }] };
const refusedLonger = { steps: [{ do: 'error' as const, code: 429, message: 'Quota reached. Resets in 3h0m0s.' }] };
const works = (text: string) => ({ steps: [{ do: 'say' as const, text }] });

const worldWith = async (...turns: ScriptBody['turns']) => {
  const world = createWorld('limits');
  const agent = world.script('limited', ...turns);
  const clock = testClock();
  const open = () => world.open({}, undefined, clock);
  return { world, agent, clock, open, runtime: await open() };
};

const paused = (runtime: Runtime, id: SessionId) =>
  until('it is paused', async () => {
    const row = await rowOf(runtime, id);
    return row.work.pause !== null && row;
  });

const typesOf = async (runtime: Runtime, id: SessionId) =>
  (await historyOf(runtime, id)).map(({ type }) => type).filter((type) => type === 'paused' || type === 'continued');

test('a run that meets a limit stays running, says until when it waits, and goes on by itself at that time', async () => {
  const { world, agent, clock, runtime } = await worldWith(refused, works('the rest'));
  const { id } = await start(runtime, world, agent);
  const row = await paused(runtime, id);
  equal([row.status, row.activity, row.live, row.waitingFor], ['Running', null, true, 'limit']);
  ok(Math.abs((row.waitingUntil ?? 0) - Date.now() - hour) < 60_000);
  is(row.work.pause?.message, 'Quota reached. Resets in 1h0m0s.');
  clock.pass(hour - 60_000);
  equal(await typesOf(runtime, id), ['paused']);
  // A clock that is wrong for a while holds nobody once it is right.
  clock.pass(-12 * hour);
  clock.pass(12 * hour + 120_000);
  is((await ended(runtime, id)).status, 'Completed');
  equal(await typesOf(runtime, id), ['paused', 'continued']);
  equal(await runtime.dashboard().then(({ rows }) => rows[0]?.waitingFor), null);
  const told = (await historyOf(runtime, id)).find(({ type }) => type === 'continued');
  is(told && field(told, 'text'), goOnText);
  is((await runtime.verify()).ok, true);
  await world.close();
});

test('[law 5] after a restart it is paused still, and goes on once, by itself, at its time', async () => {
  const { world, agent, clock, open, runtime } = await worldWith(refused, works('the rest'));
  const { id } = await start(runtime, world, agent);
  const before = await paused(runtime, id);
  await runtime.stop();
  const next = await open();
  const row = await rowOf(next, id);
  equal([row.status, row.live, row.waitingFor, row.waitingUntil], ['Running', false, 'limit', before.waitingUntil]);
  match(row.recoveryHint ?? '', /while this session was paused\. It goes on by itself/);
  clock.pass(hour + 60_000);
  is((await ended(next, id)).runCount, 2);
  clock.pass(hour);
  is((await rowOf(next, id)).runCount, 2, 'it went on once');
  const prompts = (await historyOf(next, id)).filter(({ type }) => type === 'prompt');
  equal(
    prompts.map((event) => field(event, 'origin')),
    ['prompt', 'continuation'],
  );
  is((await next.verify()).ok, true);
  await world.close();
});

test('a person has it go on now, says when it does, or ends it; the same after a restart', async () => {
  const { world, agent, clock, open, runtime } = await worldWith(refused, works('the rest'));
  const [now, later, never] = await Promise.all([1, 2, 3].map(() => start(runtime, world, agent)));
  if (now === undefined || later === undefined || never === undefined) throw new Error('three were begun');
  for (const { id } of [now, later, never]) await paused(runtime, id);
  await runtime.continue(now.id, {});
  is((await ended(runtime, now.id)).status, 'Completed');
  is((await errorOf(runtime.continue(now.id, {}))).code, 'session.not_paused');
  is((await errorOf(runtime.pause(now.id, {}))).code, 'session.not_running');
  await runtime.interrupt(never.id);
  is((await ended(runtime, never.id)).status, 'Interrupted');
  const at = Date.now() + 5 * hour;
  await runtime.continue(later.id, { at });
  is((await rowOf(runtime, later.id)).waitingUntil, at);
  await runtime.stop();
  const next = await open();
  is((await rowOf(next, later.id)).waitingUntil, at);
  clock.pass(2 * hour);
  is((await rowOf(next, later.id)).runCount, 1);
  await next.continue(later.id, { at: Date.now() + 3 * hour });
  is((await rowOf(next, later.id)).live, false, 'a word about its time makes nobody work');
  clock.pass(2 * hour);
  is((await ended(next, later.id)).status, 'Completed');
  await world.close();
});

test('a person pauses a working run and has it go on; the agent that was ended meanwhile is started again', async () => {
  const { world, agent, runtime } = await worldWith(
    { steps: [{ do: 'say' as const, text: 'begun' }, { do: 'hang' as const }] },
    works('the rest'),
  );
  const { id } = await start(runtime, world, agent);
  await until('it works', async () => (await rowOf(runtime, id)).activity === 'working');
  await runtime.pause(id, {});
  const row = await paused(runtime, id);
  equal([row.waitingFor, row.waitingUntil, row.work.pause?.why], ['limit', null, 'person']);
  for (const pid of world.agents(id)) process.kill(pid, 'SIGKILL');
  await until('its agent is gone', () => world.agents(id).length === 0);
  is((await rowOf(runtime, id)).status, 'Running');
  await runtime.continue(id, {});
  is((await ended(runtime, id)).status, 'Completed');
  is((await rowOf(runtime, id)).runCount, 1);
  await world.close();
});

test('[law 20] sessions of one account go on one after another, and one that is refused again holds the others', async () => {
  const { world, agent, clock, runtime } = await worldWith(refused, refusedLonger, works('the rest'));
  const begun = await Promise.all([1, 2, 3].map(() => start(runtime, world, agent)));
  for (const { id } of begun) await paused(runtime, id);
  const continued = async () =>
    (await Promise.all(begun.map(({ id }) => typesOf(runtime, id)))).flat().filter((type) => type === 'continued')
      .length;
  clock.pass(hour + 60_000);
  await until('one has been refused again', async () =>
    (await Promise.all(begun.map(({ id }) => typesOf(runtime, id)))).some((types) => types.length === 3),
  );
  clock.pass(60_000);
  is(await continued(), 1, 'the others are not asked for what is known');
  await until('all have gone on and ended', async () => {
    clock.pass(10 * 60_000);
    return (await Promise.all(begun.map(({ id }) => rowOf(runtime, id)))).every((row) => row.status === 'Completed');
  });
  for (const { id } of begun) is((await rowOf(runtime, id)).runCount, 1);
  await world.close();
});

test.run();
