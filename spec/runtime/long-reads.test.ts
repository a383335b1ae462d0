import { equal, is } from 'uvu/assert';
import { asThroughlineError } from '../../actors/protocol/facts/error.ts';
import { type ApprovalId, firstRunOrdinal } from '../../actors/protocol/facts/ids.ts';
import type { Supposition } from '../../actors/protocol/gateway/inspection.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, ended, happened, rowOf, spoke, start } from '../support/world.ts';

const test = suite('long reads', { timeLimitMs: 240_000 });
test.after(closeWorlds);

/** So many that the reader is at it until the test ends it. One object, so that to send it costs little. */
const endless: Supposition = {
  after: 1,
  events: Array<Supposition['events'][number]>(500_000).fill({ type: 'message', payload: { text: 'x' } }),
};

test('no command waits behind long reads, nor does a short read; what is long is read two at a time', async () => {
  const world = createWorld('long');
  const before = await world.open();
  const restored = await start(before, world, 'slow');
  await spoke(before, restored.id);
  await before.stop();

  const runtime = await world.open();
  const quick = await Promise.all([1, 2, 3].map(() => start(runtime, world, 'quick')));
  const [prompted, resumed, removed] = quick.map(({ id }) => id);
  if (prompted === undefined || resumed === undefined || removed === undefined) throw new Error('there are three');
  for (const { id } of quick) await ended(runtime, id);
  const working = await start(runtime, world, 'slow');
  await spoke(runtime, working.id);
  const asking = await start(runtime, world, 'approval', { approvals: 'ask' });
  const approvalId = await until('it asks', async () => (await runtime.session(asking.id)).approvals[0]?.approvalId);

  const answered: string[] = [];
  const run = { id: prompted, run: firstRunOrdinal };
  const long = {
    'what if': () => runtime.whatIf(run, endless),
    'what if, too': () => runtime.whatIf(run, endless),
    verify: () => runtime.verify(),
    find: () => runtime.find(prompted, { types: ['message'], from: null, direction: 'next' }),
    steps: () => runtime.steps(run, { after: 0, limit: 10 }),
    overview: () => runtime.overview(run, 0),
  };
  const asked = Object.entries(long).map(([name, ask]) =>
    ask().then(
      () => answered.push(name),
      (error) => asThroughlineError(error).code,
    ),
  );

  await runtime.interrupt(restored.id);
  await runtime.interrupt(working.id);
  await runtime.decide(asking.id, approvalId as ApprovalId, { decision: 'allow' });
  await runtime.prompt(prompted, 'And this.');
  await runtime.resume(resumed, 'Go on.');
  await runtime.rename(removed, 'another');
  is((await rowOf(runtime, removed)).name, 'another');
  await runtime.remove(removed, { force: false });
  await happened(runtime, restored.id, 'it is closed', ({ type }) => type === 'interrupt_requested');
  equal(answered, []);

  await runtime.stop();
  for (const outcome of await Promise.all(asked)) is(outcome, 'runtime.stopping');
  await world.close();
});

test.run();
