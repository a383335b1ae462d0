import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match } from 'uvu/assert';
import { suite } from '../support/suite.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  field,
  gone,
  happened,
  historyOf,
  rowOf,
  spoke,
  start,
  type World,
} from '../support/world.ts';

const test = suite('a conversation that is lost is handed on', { timeLimitMs: 180_000 });
test.after(closeWorlds);

/** An agent that forgets when its process ends, and says what it is told. */
const forgetful = (world: World, ...more: readonly object[]): string => {
  const path = join(world.directory.root, 'forgetful.json');
  const steps = [{ do: 'say', text: 'I was told: {{prompt}}', everyMs: 0 }, ...more];
  writeFileSync(
    path,
    JSON.stringify({ name: 'forgetful', handshake: { load: false, resume: false, list: false }, turns: [{ steps }] }),
  );
  return `rehearsal:${path}`;
};

const said = async (runtime: Parameters<typeof historyOf>[0], id: string, run: number): Promise<string> =>
  (await historyOf(runtime, id))
    .filter((event) => event.type === 'message' && event.run === run)
    .map((event) => field(event, 'text'))
    .join('');

test('after a parking, the new conversation knows the task, and history and row say that it is a new one', async () => {
  const world = createWorld('recap');
  const runtime = await world.open({ parkAfterMinutes: 0.01 });
  const { id } = await start(runtime, world, forgetful(world), { prompt: 'Remember the heron.' });
  await ended(runtime, id);
  await gone('the parked agents', () => world.agents(id));
  await happened(runtime, id, 'the ledger says so', ({ type }) => type === 'agent_parked');
  await runtime.prompt(id, 'Which bird was it?');
  const row = await ended(runtime, id);
  is(row.status, 'Completed');
  is(row.conversation, 'begun_anew');
  const told = await said(runtime, id, 2);
  match(told, 'Remember the heron.');
  match(told, 'Which bird was it?');
  const events = await historyOf(runtime, id);
  equal(
    events.filter(({ type }) => type === 'recap').map(({ run }) => run),
    [2],
  );
  is((await runtime.verify()).ok, true);
  await world.close();
});

test('[law 5] after a restart in the middle of the work as well', async () => {
  const world = createWorld('recap-restart');
  const before = await world.open();
  const { id } = await start(before, world, forgetful(world, { do: 'hang' }), { prompt: 'Count the herons.' });
  await spoke(before, id);
  await before.stop();
  const runtime = await world.open();
  is((await rowOf(runtime, id)).restored, true);
  await runtime.resume(id);
  await spoke(runtime, id, 2);
  match(await said(runtime, id, 2), 'Count the herons.');
  match(await said(runtime, id, 2), 'I was told: Count the herons.', 'what it said itself is in it');
  await world.close();
});

test('without any recap, the new conversation is told nothing', async () => {
  const world = createWorld('recap-none');
  const runtime = await world.open({ parkAfterMinutes: 0.01, maxRecapBytes: 0 });
  const { id } = await start(runtime, world, forgetful(world), { prompt: 'Remember the heron.' });
  await ended(runtime, id);
  await gone('the parked agents', () => world.agents(id));
  await happened(runtime, id, 'the ledger says so', ({ type }) => type === 'agent_parked');
  await runtime.prompt(id, 'Which bird was it?');
  await ended(runtime, id);
  is(await said(runtime, id, 2), 'I was told: Which bird was it?');
  await world.close();
});

test.run();
