import * as assert from 'uvu/assert';
import { readUsage } from '../../../../actors/agents/acp/usage.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('usage');

test('the figures of a turn are read with thoughts and what was cached', () => {
  const usage = {
    inputTokens: 100,
    outputTokens: 20,
    totalTokens: 125,
    thoughtTokens: 5,
    cachedReadTokens: 80,
    cachedWriteTokens: 3,
  };
  assert.equal(readUsage(usage), { usage, odd: [] });
  assert.equal(readUsage({ used: 5, size: 10, cost: { amount: 0.5, currency: 'USD' } }).usage, {
    used: 5,
    size: 10,
    cost: { amount: 0.5, currency: 'USD' },
  });
});

test('an odd figure costs itself', () => {
  assert.equal(readUsage({ inputTokens: '12', outputTokens: 3, totalTokens: null, cost: { amount: 'much' } }), {
    usage: { outputTokens: 3 },
    odd: ['inputTokens', 'cost'],
  });
});

test('what is no usage has no figures', () => {
  for (const given of [null, undefined, 'much', [], {}, { used: null }]) {
    assert.equal(readUsage(given), { usage: null, odd: [] });
  }
});

test.run();
