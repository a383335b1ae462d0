import { fileURLToPath } from 'node:url';
import { equal, is, match } from 'uvu/assert';
import type { ApprovalId } from '../../actors/protocol/facts/ids.ts';
import type { Settings } from '../../runtime/data/configuration.ts';
import { suite } from '../support/suite.ts';
import { closeWorlds, createWorld, ended, field, happened, historyOf, request, spoke } from '../support/world.ts';

const test = suite('versions of the protocol', { timeLimitMs: 120_000 });
test.after(closeWorlds);

const program = fileURLToPath(new URL('../support/two-version-agent.ts', import.meta.url));
const settings = (protocol: 1 | 2): Settings => ({
  agents: { both: { command: process.execPath, args: ['--import', import.meta.resolve('tsx'), program], protocol } },
});

type Events = Awaited<ReturnType<typeof historyOf>>;
const said = (events: Events, run: number): string =>
  events
    .filter((event) => event.type === 'message' && event.run === run)
    .map((event) => field(event, 'text'))
    .join('');
const spoken = (events: Events): unknown =>
  field(
    events.find(({ type }) => type === 'conversation'),
    'protocol',
  );

test('an agent that speaks both speaks the first, unless it is set to the second', async () => {
  const world = createWorld('version-1');
  const runtime = await world.open(settings(1));
  const { id } = await runtime.startSession({ ...request(world, 'both'), agent: 'both' });
  is((await ended(runtime, id)).status, 'Completed');
  const events = await historyOf(runtime, id);
  is(said(events, 1), '1 heard Do it.');
  is(spoken(events), 1);
  await world.close();
});

test('version 2: a turn with an approval, what it shows, an interrupt, a failure, and taking it up again', async () => {
  const world = createWorld('version-2');
  const runtime = await world.open(settings(2));
  const { id } = await runtime.startSession({ ...request(world, 'both'), agent: 'both' });
  const asked = await happened(runtime, id, 'it asks', ({ type }) => type === 'approval_requested');
  is(field(asked, 'title'), 'May I edit?');
  match(JSON.stringify(field(asked, 'text')), 'It is only one line.');
  await runtime.decide(id, String(field(asked, 'approvalId')) as ApprovalId, { decision: 'allow' });
  is((await ended(runtime, id)).status, 'Completed');
  const events = await historyOf(runtime, id);
  is(spoken(events), 2);
  is(said(events, 1), '2 heard Do it..');
  const result = events.find(({ type }) => type === 'tool_result');
  is(field(result, 'status'), 'completed');
  match(JSON.stringify(field(result, 'output')), 'two');
  equal(events.filter(({ type }) => type === 'prompt').length, 1, 'what the agent tells of its own prompt is no news');

  await runtime.prompt(id, 'hang');
  await spoke(runtime, id, 2);
  await runtime.interrupt(id);
  is((await ended(runtime, id)).status, 'Interrupted');

  await runtime.prompt(id, 'fail');
  const failed = await ended(runtime, id);
  is(failed.status, 'Failed');
  match(failed.failureReason ?? '', 'the model is away');
  await runtime.stop();

  const again = await world.open({ ...settings(2) });
  await again.prompt(id, 'hang');
  await spoke(again, id, 4);
  const conversations = (await historyOf(again, id)).filter(({ type }) => type === 'conversation');
  equal(conversations.map((event) => field(event, 'how')).at(-1), 'resumed');
  await again.interrupt(id);
  is((await ended(again, id)).status, 'Interrupted');
  is((await again.verify()).ok, true);
  await world.close();
});

test.run();
