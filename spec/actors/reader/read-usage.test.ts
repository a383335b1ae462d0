import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { fact, type Payload, type RunFact } from '../../../actors/protocol/facts/events.ts';
import type { UsageKey } from '../../../actors/protocol/facts/usage-keys.ts';
import { at, type LogWorld, message, openLogWorld, prompt } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';

const test = suite('read usage');

const noon = (day: number): number => new Date(2026, 10, day, 12).getTime();
const told = (usage: Payload<'usage'>, day = 29): RunFact => fact('usage', usage, at(noon(day)));
const model = (value: string): RunFact =>
  fact('options', { options: [{ id: 'model', name: 'Model', category: 'model', value }] }, at(1));
const begun = fact(
  'conversation',
  { how: 'begun', agent: 'codex', version: null, mode: null, protocol: 1, asks: null },
  at(1),
);

const fill = (world: LogWorld) => {
  const one = world.openSession('one');
  const other = world.openSession('other');
  const turn = { of: 'turn', inputTokens: 1_000_000, outputTokens: 100_000 } as const;
  world.append(one.runKey, begun, model('openai/gpt-5[high]'), message('x'), told(turn));
  world.append(other.runKey, begun, told({ cost: { amount: 2, currency: 'USD' } }), told(turn), message('y'));
  world.append(one.runKey, fact('status', { status: 'completed' }, at(2)));
  const again = world.beginRun(one.sessionId, [prompt()]);
  world.append(again.runKey, told(turn, 30), told({ cost: { amount: 0, currency: 'USD' } }, 30));
  return { one, other };
};

const by = (world: LogWorld, keys: readonly UsageKey[], since = 0) => world.queries.usage({ by: keys, since });

test('what was used is summed by day, session, run and model; the dearest of the last day is first', () => {
  const world = openLogWorld();
  const { one, other } = fill(world);
  const { totals, rows } = by(world, ['day', 'session']);
  assert.is(totals.turns, 3);
  assert.is(totals.input, 3_000_000);
  assert.equal(totals.reported, [{ amount: 2, currency: 'USD' }]);
  assert.is(totals.estimated, 2.25);
  assert.equal(
    rows.map(({ day, session, name, model: none }) => [day, session, name, none]),
    [
      ['2026-11-30', one.sessionId, 'one', null],
      ['2026-11-29', one.sessionId, 'one', null],
      ['2026-11-29', other.sessionId, 'other', null],
    ],
  );
  assert.equal(
    by(world, ['run', 'model'], noon(30)).rows.map(({ session, run, model: used }) => [session, run, used]),
    [[one.sessionId, 2, 'openai/gpt-5[high]']],
  );
  world.close();
});

test('events that are not of usage are not read for it', () => {
  const world = openLogWorld();
  fill(world);
  const plan = world.database
    .prepare(
      `EXPLAIN QUERY PLAN SELECT session_key, ordinal, type, payload, occurred_at FROM session_events JOIN runs USING (run_key)
        WHERE type IN ('usage', 'conversation', 'options') ORDER BY position`,
    )
    .all();
  assert.match(JSON.stringify(plan), 'USING INDEX usage_events');
  world.close();
});

test('prices of the person’s own take the place of the table, and what is none is refused', () => {
  const world = openLogWorld();
  fill(world);
  const path = join(dirname(world.path), 'prices.json');
  writeFileSync(path, JSON.stringify({ date: '2026-11-30', models: [{ model: 'gpt-5', input: 10, output: 100 }] }));
  const asked = by(world, ['agent']);
  assert.is(asked.pricesOf, '2026-11-30');
  assert.is(asked.totals.estimated, 20);
  writeFileSync(path, JSON.stringify({ date: '2026-11-30', models: [{ model: 'gpt-5', input: -1 }] }));
  assert.throws(
    () => by(world, ['agent']),
    (error: Error) => 'code' in error && error.code === 'configuration.invalid',
  );
  world.close();
});

test.run();
