import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import * as z from 'zod';
import { readUsage } from '../../../../actors/agents/acp/usage.ts';
import { countUsage, nothingUsed, sumOf, type UsageCount } from '../../../../actors/model/usage/count-usage.ts';
import { fact } from '../../../../actors/protocol/facts/events.ts';
import { at } from '../../../support/log-world.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('usage of recorded agents');

const line = z.object({
  msg: z.looseObject({
    method: z.string().optional(),
    params: z.looseObject({ update: z.looseObject({ sessionUpdate: z.string() }).optional() }).optional(),
    result: z.looseObject({ stopReason: z.string().optional(), usage: z.unknown() }).nullish(),
  }),
});

/** What is counted of a recording: a run for each of its prompts, one process for all of it. */
const countOf = (recording: string, agent: string): UsageCount => {
  const opened = { how: 'begun', agent, version: null, mode: null, protocol: 1, asks: null } as const;
  let count = countUsage(nothingUsed, 1, fact('conversation', opened, at(1)));
  let run = 0;
  const path = new URL(`../../../recordings/${recording}.jsonl`, import.meta.url);
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    const read = line.safeParse(text === '' ? null : JSON.parse(text));
    if (!read.success) continue;
    const { method, params, result } = read.data.msg;
    if (method === 'session/prompt') run += 1;
    const updated = params?.update?.sessionUpdate === 'usage_update' ? readUsage(params.update).usage : null;
    if (updated !== null) count = countUsage(count, run, fact('usage', updated, at(2)));
    const answered = result?.stopReason === undefined ? null : readUsage(result.usage).usage;
    if (answered !== null) count = countUsage(count, run, fact('usage', { ...answered, of: 'turn' }, at(3)));
  }
  return count;
};

const inputsOf = ({ turns }: UsageCount) => turns.map(({ tokens }) => tokens.input).filter((input) => input > 0);

test('codex tells of each turn by itself', () => {
  assert.equal(inputsOf(countOf('codex-acp-2.6.0.live', 'codex-acp')), [200, 200, 100, 100]);
});

test('claude tells the tokens of a turn, and the money of all turns', () => {
  const count = countOf('claude-agent-acp-0.101.0.live', 'claude-agent-acp');
  assert.equal(inputsOf(count), [200, 200, 200, 100]);
  assert.is(count.turns.reduce((sum, { cost }) => sum + (cost?.amount ?? 0), 0).toFixed(4), '0.0080');
});

test('copilot tells the tokens of all turns at the end of each, and they are counted by what they grew', () => {
  const count = countOf('copilot-1.0.102.live', 'Copilot');
  assert.equal(inputsOf(count), [200, 200, 100, 100]);
  assert.is(count.turns.map(({ tokens }) => tokens).reduce(sumOf).output, 120);
});

test.run();
