import { fileURLToPath } from 'node:url';
import { equal, is, ok } from 'uvu/assert';
import type { HistoryEvent } from '../../actors/protocol/facts/events.ts';
import { suite } from '../support/suite.ts';
import { closeWorlds, createWorld, ended, field, gone, happened, historyOf, saidIn, start } from '../support/world.ts';

const test = suite('replays', { timeLimitMs: 180_000 });
test.after(closeWorlds);

const agentFile = fileURLToPath(new URL('../support/replaying-agent.mjs', import.meta.url));
const ids = ['same', 'rewrite', 'noids'] as const;
const ways = ['load', 'resume', 'load tail'] as const;

/** Sessions with a run each whose agent was parked, and the next run with another process of it: all at once. */
const histories = new Map<string, readonly HistoryEvent[]>();
test.before(async () => {
  const world = createWorld('replays');
  const runtime = await world.open({ parkAfterMinutes: 0.001 });
  const live = async (variant: string): Promise<void> => {
    const agent = `acp:"${process.execPath}" "${agentFile}" ${variant}`;
    const { id } = await start(runtime, world, agent, { prompt: 'do it' });
    await ended(runtime, id);
    await happened(runtime, id, 'it was parked', ({ type }) => type === 'agent_parked');
    await gone('the parked agent', () => world.agents(id));
    await runtime.prompt(id, 'and on');
    is((await ended(runtime, id)).status, 'Completed');
    histories.set(variant, await historyOf(runtime, id));
  };
  await Promise.all(ids.flatMap((how) => ways.map((way) => live(`${how} ${way}`))));
  is((await runtime.verify()).ok, true);
  await world.close();
});

const historyAs = (variant: string): readonly HistoryEvent[] => {
  const events = histories.get(variant);
  ok(events, variant);
  return events;
};

for (const how of ids) {
  for (const way of ['load', 'resume'] as const) {
    test(`[law 8] what an agent tells again on ${way} is not news: ${how}`, () => {
      const events = historyAs(`${how} ${way}`);
      is(saidIn(events), 'I begin now. I am done.Second answer.');
      equal(
        events.filter(({ type }) => type === 'tool_result').map((event) => field(event, 'toolCallId')),
        ['t1'],
      );
      const noted = events.filter((event) => field(event, 'note') === 'conversation_replayed');
      equal(
        noted.map((event) => field(event, 'recovered')),
        [0],
      );
    });

    test(`what stands is told once, over two runs and the replay between them: ${how}, ${way}`, () => {
      const standing = historyAs(`${how} ${way}`).filter(({ type }) => type === 'title' || type === 'commands');
      equal(
        standing.map(({ type }) => type),
        ['commands', 'title'],
      );
    });
  }

  test(`[law 8] what a replay has besides is taken in, and nothing else: ${how}`, () => {
    const events = historyAs(`${how} load tail`);
    is(saidIn(events), 'I begin now. I am done.One more thing.Second answer.');
    equal(
      events.flatMap((event) => (field(event, 'recovered') === true ? [field(event, 'text')] : [])),
      ['One more thing.'],
    );
  });
}

test('an odd figure at the end of a turn costs itself and a note: the turn has ended', () => {
  const events = historyAs('same load');
  equal(
    events.filter(({ type }) => type === 'usage').map(({ payload }) => payload),
    [
      { outputTokens: 3, thoughtTokens: 1, of: 'turn' },
      { outputTokens: 3, thoughtTokens: 1, of: 'turn' },
    ],
  );
  is(events.filter((event) => field(event, 'note') === 'odd_usage').length, 2);
});

test.run();
