import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { readInspectionEvents, toInspectionEvents } from '../../../../actors/model/inspection/exchange.ts';
import { replay, runStatechart, standingOf } from '../../../../actors/model/inspection/replay.ts';
import { beginningOfRun } from '../../../../actors/model/run/fold-run.ts';
import type { RunFact } from '../../../../actors/protocol/facts/events.ts';
import type { StepPage } from '../../../../actors/protocol/gateway/inspection.ts';
import { suite } from '../../../support/suite.ts';
import { asEvents, runFacts, runId } from '../run/run-facts.ts';

const test = suite('exchange of steps');

const pageOf = (facts: readonly RunFact[]): StepPage => ({
  run: 1,
  lastSeq: facts.length,
  before: standingOf(beginningOfRun()),
  steps: [...replay(asEvents(facts))],
});

const fileOf = (facts: readonly RunFact[]): string =>
  [...toInspectionEvents({ name: 'a session', runId, statechart: runStatechart }, [pageOf(facts)])]
    .map((line) => JSON.stringify(line))
    .join('\n');

test('what is exported reads back as the same steps', () => {
  fc.assert(
    fc.property(fc.array(runFacts, { maxLength: 30 }), (facts) => {
      const page = pageOf(facts);
      const read = readInspectionEvents(fileOf(facts));
      assert.is(read.machine, 'run');
      assert.equal(JSON.parse(JSON.stringify(read.before)), JSON.parse(JSON.stringify(page.before)));
      assert.equal(JSON.parse(JSON.stringify(read.steps)), JSON.parse(JSON.stringify(page.steps)));
    }),
  );
});

test('the shape is that of XState inspection: an actor first, then an event and a snapshot for each step', () => {
  fc.assert(
    fc.property(fc.array(runFacts, { minLength: 1, maxLength: 5 }), (facts) => {
      const lines = fileOf(facts)
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; snapshot?: { value: unknown }; definition?: string });
      assert.equal(
        lines.map(({ type }) => type),
        ['@xstate.actor', ...facts.flatMap(() => ['@xstate.event', '@xstate.snapshot'])],
      );
      assert.is(lines[0]?.snapshot?.value, 'queued');
      assert.is((JSON.parse(lines[0]?.definition ?? '{}') as { id: string }).id, 'run');
    }),
  );
});

test('what another tool wrote of another machine is read: states, events and what changed', () => {
  const line = (type: string, more: object): string =>
    JSON.stringify({ type, sessionId: 'x:0', rootId: 'x:0', createdAt: '1700000000000', id: '1', ...more });
  const read = readInspectionEvents(
    [
      line('@xstate.actor', { name: 'light', snapshot: { status: 'active', value: 'green', context: { cars: 1 } } }),
      line('@xstate.actor', { name: 'another', sessionId: 'x:1', snapshot: { value: 'idle' } }),
      line('@xstate.event', { event: { type: 'TIMER' } }),
      line('@xstate.snapshot', {
        event: { type: 'TIMER', speed: 3 },
        snapshot: { status: 'active', value: { red: 'walk' }, context: { cars: 2, names: ['a'] } },
      }),
      line('@xstate.snapshot', { sessionId: 'x:1', event: { type: 'OTHER' }, snapshot: { value: 'busy' } }),
    ].join('\n'),
  );
  assert.is(read.name, 'light');
  assert.is(read.steps.length, 1);
  assert.equal(read.steps[0]?.from, ['light.green']);
  assert.equal(read.steps[0]?.to, ['light.red.walk']);
  assert.equal(read.steps[0]?.event.payload, { speed: 3 });
  assert.equal(read.steps[0]?.changes, [
    { key: 'cars', before: 1, after: 2 },
    { key: 'names', before: null, after: '["a"]' },
  ]);
});

test('what is no such file is refused, and the line is named', () => {
  const refused = (text: string, why: RegExp): void => {
    try {
      readInspectionEvents(text);
    } catch (thrown) {
      assert.match(String((thrown as Error).message), why);
      assert.is((thrown as { code?: string }).code, 'input.invalid');
      return;
    }
    assert.unreachable(text);
  };
  refused('', /no @xstate.actor/);
  refused('{}\n', /line 1 is no inspection event/);
  refused(`${fileOf([])}\nnot json`, /line 2 is no JSON/);
  refused('{"type":"@xstate.snapshot","sessionId":1}', /line 1/);
});

test.run();
