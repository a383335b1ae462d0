import { equal, is, match } from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, ended, field, gone, happened, historyOf, rowOf, start } from '../support/world.ts';

const test = suite('parking idle agents', { timeLimitMs: 180_000 });
test.after(closeWorlds);

test('an idle agent is parked, also while the next prompt comes, and takes its conversation up again', async () => {
  const world = createWorld('parking');
  const runtime = await world.open({ parkAfterMinutes: 0.01 });
  const agent = world.script(
    'twice',
    { steps: [{ do: 'say', text: 'First.', everyMs: 0 }] },
    { steps: [{ do: 'say', text: 'Second: {{prompt}}', everyMs: 0 }] },
  );
  const { id } = await start(runtime, world, agent);
  await ended(runtime, id);
  is(world.agents(id).length, 1);
  await gone('the parked agents', () => world.agents(id));
  await happened(runtime, id, 'the ledger says so', ({ type }) => type === 'agent_parked');
  is((await rowOf(runtime, id)).status, 'Completed');
  await runtime.prompt(id, 'and on');
  is((await ended(runtime, id)).status, 'Completed');
  const events = await historyOf(runtime, id);
  equal(
    events.filter((event) => event.type === 'conversation').map((event) => field(event, 'how')),
    ['begun', 'resumed'],
  );
  match(JSON.stringify(events.filter(({ type }) => type === 'message')), 'Second: and on');

  // At the very moment of the parking, a prompt waits for the agent's end and starts it anew.
  const hasty = await start(runtime, world, agent);
  for (let run = 2; run <= 6; run += 1) {
    await ended(runtime, hasty.id);
    const parked = async (): Promise<number> =>
      (await historyOf(runtime, hasty.id)).filter(({ type }) => type === 'agent_parked').length;
    const before = await parked();
    if (run % 2 === 0) await until('it is being parked', async () => (await parked()) > before);
    await runtime.prompt(hasty.id, `Number ${run}.`);
  }
  is((await ended(runtime, hasty.id)).runCount, 6);
  is((await runtime.verify()).ok, true);
  await world.close();
});

test.run();
