/** What agents tell beside the protocol, as it was recorded of them. */
import * as assert from 'uvu/assert';
import { claude } from '../../../../actors/agents/known/claude.ts';
import { gemini } from '../../../../actors/agents/known/gemini.ts';
import { qwen } from '../../../../actors/agents/known/qwen.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('what agents say besides');

test('claude tells of the limit of its subscription, in seconds, and we keep milliseconds', () => {
  const update = {
    sessionUpdate: 'usage_update',
    used: 120,
    size: 1_000_000,
    _meta: {
      '_claude/rateLimit': {
        status: 'allowed_warning',
        resetsAt: 1_796_039_791,
        rateLimitType: 'five_hour',
        utilization: 0.93,
        isUsingOverage: false,
        unifiedWindows: { five_hour: { utilization: 0.93, resetsAt: 1_796_039_791, status: 'allowed_warning' } },
      },
      '_claude/model': 'claude-sonnet-5-5',
    },
  };
  assert.equal(claude.saysInUpdate?.(update), [
    {
      type: 'limit',
      payload: { status: 'allowed_warning', name: 'five_hour', utilization: 0.93, resetsAt: 1_796_039_791_000 },
    },
  ]);
  assert.equal(claude.saysInUpdate?.({ sessionUpdate: 'usage_update' }), []);
});

test('an odd part of a limit costs that part', () => {
  const update = {
    sessionUpdate: 'usage_update',
    _meta: { '_claude/rateLimit': { status: 'rejected', resetsAt: 'soon', utilization: 1 } },
  };
  assert.equal(claude.saysInUpdate?.(update), [{ type: 'limit', payload: { status: 'rejected', utilization: 1 } }]);
});

test('qwen tells the tokens of a call of its model in a piece without text', () => {
  const usage = { inputTokens: 100, outputTokens: 20, totalTokens: 120, thoughtTokens: 6, cachedReadTokens: 0 };
  const update = {
    sessionUpdate: 'agent_message_chunk',
    content: { type: 'text', text: '' },
    _meta: { usage, durationMs: 119 },
  };
  assert.equal(qwen.saysInUpdate?.(update), [{ type: 'usage', payload: usage }]);
  const odd = { ...update, _meta: { usage: { inputTokens: '5' } } };
  assert.equal(qwen.saysInUpdate?.(odd), []);
});

test('gemini tells the tokens of a turn with its end', () => {
  const answer = {
    stopReason: 'end_turn',
    _meta: { quota: { token_count: { input_tokens: 100, output_tokens: 20 } } },
  };
  assert.equal(gemini.saysInAnswer?.(answer), [
    { type: 'usage', payload: { of: 'turn', inputTokens: 100, outputTokens: 20, totalTokens: 120 } },
  ]);
  assert.equal(gemini.saysInAnswer?.({ stopReason: 'end_turn' }), []);
});

test.run();
