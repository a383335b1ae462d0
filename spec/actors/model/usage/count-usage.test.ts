import * as assert from 'uvu/assert';
import { countUsage, nothingUsed, sumOf, type UsageCount } from '../../../../actors/model/usage/count-usage.ts';
import { fact, type Payload, type RunFact } from '../../../../actors/protocol/facts/events.ts';
import { at } from '../../../support/log-world.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('count usage');

const opened = (how: 'begun' | 'resumed' | 'loaded' | 'begun_anew', agent = 'opencode'): RunFact =>
  fact('conversation', { how, agent, version: null, mode: null, protocol: 1, asks: null }, at(1));
const told = (usage: Payload<'usage'>): RunFact => fact('usage', usage, at(2));
const money = (amount: number, currency = 'USD'): RunFact => told({ used: 100, cost: { amount, currency } });
const turn = (inputTokens = 100, outputTokens = 20): RunFact => told({ of: 'turn', inputTokens, outputTokens });
const call = (inputTokens = 100, outputTokens = 20): RunFact => told({ inputTokens, outputTokens });

const countOf = (...runs: readonly (readonly RunFact[])[]): UsageCount =>
  runs.reduce(
    (count, facts, index) => facts.reduce((before, each) => countUsage(before, index + 1, each), count),
    nothingUsed,
  );
const tokensOf = ({ turns }: UsageCount) =>
  turns.map(({ tokens }) => tokens).reduce(sumOf, { input: 0, output: 0, cachedRead: 0, cachedWrite: 0, thought: 0 });
const costs = ({ turns }: UsageCount) => turns.map(({ cost }) => cost && Math.round(cost.amount * 1e6) / 1e6);

test('a counter of money is counted by what it grew, however often it is told', () => {
  const count = countOf([opened('begun'), money(0.5), money(0.5), turn(), money(0.5)], [money(0.75), turn()]);
  assert.equal(costs(count), [0.5, 0.25]);
  assert.equal(tokensOf(count).input, 200);
});

test('tokens are of the last turn and are added up, where the counter of money is of all turns', () => {
  const count = countOf([opened('begun'), turn(100), money(1)], [turn(300), money(2)], [turn(600), money(3)]);
  assert.equal(tokensOf(count).input, 1000);
  assert.equal(costs(count), [1, 1, 1]);
});

test('a turn’s sum holds the calls that were told one by one, those of subagents as well', () => {
  const count = countOf([opened('begun'), call(40), call(40), call(20), turn(100)], [call(5), call(6)]);
  assert.equal(
    count.turns.map(({ run, tokens }) => [run, tokens.input]),
    [
      [1, 100],
      [2, 11],
    ],
  );
});

test('two turns of one run are both counted', () => {
  assert.equal(tokensOf(countOf([turn(100), turn(50), call(7), turn(9)])).input, 159);
});

test('a resumed conversation goes on with its counter, and one of a new process begins at nothing where its agent does so', () => {
  assert.equal(
    costs(countOf([opened('begun'), turn(), money(0.6)], [opened('resumed'), turn(), money(0.8)])),
    [0.6, 0.2],
  );
  const claude = '@agentclientprotocol/claude-agent-acp';
  const again = countOf([opened('begun', claude), turn(), money(0.6)], [opened('resumed', claude), turn(), money(0.8)]);
  assert.equal(costs(again), [0.6, 0.8]);
  assert.equal(
    costs(countOf([opened('begun'), turn(), money(0.6)], [opened('begun_anew'), turn(), money(0.7)])),
    [0.6, 0.7],
  );
});

test('a counter that has become smaller has begun again', () => {
  assert.equal(costs(countOf([opened('begun'), turn(), money(3)], [turn(), money(0.1)])), [3, 0.1]);
});

test('a fork, and a conversation that was begun elsewhere, is not charged with what had been spent before', () => {
  const count = countOf([opened('loaded'), money(91), turn(), money(91.5)], [turn(), money(92)]);
  assert.equal(costs(count), [0.5, 0.5]);
});

test('what was cached is counted once, whether it is told among the input or beside it', () => {
  const cached = {
    of: 'turn',
    inputTokens: 100,
    outputTokens: 10,
    cachedReadTokens: 60,
    cachedWriteTokens: 20,
  } as const;
  const expected = { output: 10, cachedRead: 60, cachedWrite: 20, thought: 0 };
  assert.equal(tokensOf(countOf([told({ ...cached, totalTokens: 110 })])), { input: 20, ...expected });
  assert.equal(tokensOf(countOf([told({ ...cached, totalTokens: 190 })])), { input: 100, ...expected });
});

test('the model is the one that is chosen when it is told, and figures that are none count nothing', () => {
  const chosen = (value: string): RunFact =>
    fact('options', { options: [{ id: 'model', name: 'Model', category: 'model', value }] }, at(1));
  const count = countOf(
    [opened('begun'), chosen('a'), turn()],
    [chosen('b'), turn(-5, Number.POSITIVE_INFINITY), money(-1)],
  );
  assert.equal(
    count.turns.map(({ model, tokens }) => [model, tokens.input + tokens.output]),
    [
      ['a', 120],
      ['b', 0],
    ],
  );
});

test('the context that an agent has now is no use of tokens', () => {
  assert.equal(countOf([opened('begun'), told({ used: 8000, size: 9000 })]).turns, []);
});

test.run();
