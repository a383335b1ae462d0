import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { Item, ItemKind } from '../../../gui/session/model/item.ts';
import { createTimelineModel } from '../../../gui/session/model/timeline-model.ts';
import { toolOutcome } from '../../../gui/session/state/liveness.ts';
import { workedAndWaited } from '../../../gui/state/worked-and-waited.ts';
import { suite } from '../../support/suite.ts';
import { anyHistory, event, runOf } from './support.ts';

const test = suite('timeline model');

const itemsOf = (events: readonly HistoryEvent[]): readonly Item[] => {
  const model = createTimelineModel();
  model.append(events);
  return model.items();
};

const only = <Kind extends ItemKind>(items: readonly Item[], kind: Kind): readonly Extract<Item, { kind: Kind }>[] =>
  items.filter((item): item is Extract<Item, { kind: Kind }> => item.kind === kind);

test('pages in any cut give the same items as all at once', () => {
  fc.assert(
    fc.property(anyHistory, fc.array(fc.nat(30), { maxLength: 12 }), (history, cuts) => {
      const model = createTimelineModel();
      let from = 0;
      for (const cut of cuts) {
        model.append(history.slice(from, from + cut));
        model.items();
        from += cut;
      }
      model.append(history.slice(from));
      assert.deepEqual(model.items(), itemsOf(history));
    }),
  );
});

test('every event belongs to exactly one item: nothing is dropped, nothing doubled', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const model = createTimelineModel();
      model.append(history);
      const items = model.items();
      assert.equal(
        items.reduce((sum, item) => sum + item.events, 0),
        history.length,
      );
      const counted = new Map<number, number>();
      for (const one of history) {
        const index = model.indexAt(one);
        assert.ok(index !== null && items[index] !== undefined, `${one.run}:${one.seq} has an item`);
        counted.set(index, (counted.get(index) ?? 0) + 1);
      }
      for (const [index, item] of items.entries()) assert.equal(counted.get(index) ?? 0, item.events, item.key);
      assert.equal(new Set(items.map((item) => item.key)).size, items.length, 'keys are unique');
    }),
  );
});

test('all text that was said is there, in its order', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (pieces) => {
      const items = itemsOf(
        runOf(
          1,
          pieces.map((text) => ['message', { text, messageId: 'm' }] as const),
        ),
      );
      assert.deepEqual(
        only(items, 'message').map((item) => item.text),
        [pieces.join('')],
      );
    }),
  );
});

test('what did not change stays the same object', () => {
  const model = createTimelineModel();
  model.append(
    runOf(1, [
      ['prompt', { text: 'go', origin: 'prompt' }],
      ['message', { text: 'a' }],
    ]),
  );
  const before = model.items();
  model.append([event(1, 3, 'message', { text: 'b' })]);
  const after = model.items();
  assert.equal(after[0], before[0]);
  assert.equal(after[1], before[1]);
  assert.notEqual(after[2], before[2]);
  assert.equal(before[2]?.kind === 'message' && before[2].text, 'a');
});

test('a tool call waits from the request for its approval until the answer', () => {
  const model = createTimelineModel();
  const waits = (): boolean | undefined => only(model.items(), 'tool')[0]?.awaitsApproval;
  const facts = runOf(1, [
    ['tool_call', { toolCallId: 't', title: 'npm test' }],
    ['approval_requested', { approvalId: 'a', toolCallId: 't', title: 'npm test', options: [] }],
    ['approval_resolved', { approvalId: 'a', outcome: 'allowed', by: 'person' }],
  ]);
  const seen = facts.map((fact) => {
    model.append([fact]);
    return waits();
  });
  assert.deepEqual(seen, [false, true, false]);
});

test('[law 5] a call that was not allowed, or still waited when its run was lost, was not done; others are not known', () => {
  const call = (id: string) => ['tool_call', { toolCallId: id, title: 'edit' }] as const;
  const asks = (id: string) =>
    ['approval_requested', { approvalId: id, toolCallId: id, title: 'edit', options: [] }] as const;
  const answer = (id: string, outcome: string) =>
    ['approval_resolved', { approvalId: id, outcome, by: 'person' }] as const;
  const calls = ['waits', 'denied', 'expired', 'allowed', 'unasked'];
  const facts = runOf(1, [
    ...calls.map(call),
    ...calls.slice(0, 4).map(asks),
    answer('denied', 'denied'),
    answer('expired', 'expired'),
    answer('allowed', 'allowed'),
  ]);
  const outcomes = only(itemsOf(facts), 'tool').map((item) => toolOutcome(item, null));
  assert.deepEqual(outcomes, ['not_done', 'not_done', 'not_done', 'unknown', 'unknown']);
  assert.equal(only(itemsOf(facts), 'tool').map((item) => toolOutcome(item, 1))[0], 'waiting');
});

test('what waited for a person is told apart from what worked, and requests at the same time are one wait', () => {
  const asks = (id: string) =>
    ['approval_requested', { approvalId: id, toolCallId: 't', title: 'x', options: [] }] as const;
  const items = itemsOf(
    runOf(1, [
      ['status', { status: 'running' }],
      ['tool_call', { toolCallId: 't', title: 'x' }],
      asks('a'),
      asks('b'),
      ['approval_resolved', { approvalId: 'a', outcome: 'allowed', by: 'person' }],
      ['approval_resolved', { approvalId: 'b', outcome: 'allowed', by: 'person' }],
      ['message', { text: 'on' }],
      asks('c'),
      ['status', { status: 'interrupted' }],
    ]),
  );
  // A tenth of a second between two events: a and b from the third to the sixth, c from the eighth to the end.
  const end = only(items, 'end')[0];
  assert.deepEqual([end?.tookMs, end?.waitedMs], [800, 400]);
  assert.equal(workedAndWaited(121_000, 120_000), 'worked 1.0 s · waited 2 min 0 s');
  assert.equal(workedAndWaited(1000, 0), '1.0 s');
});

test('a reason that an error above the end says is not said again', () => {
  const told = (message: string): boolean | undefined =>
    only(
      itemsOf(
        runOf(1, [
          ['error', { code: 'x', message }],
          ['status', { status: 'failed', reason: 'it broke' }],
        ]),
      ),
      'end',
    )[0]?.isToldAbove;
  assert.deepEqual([told('it broke'), told('something else')], [true, false]);
});

test('usage and notes do not cut a message in two, a tool call does', () => {
  const items = itemsOf(
    runOf(1, [
      ['message', { text: 'one ' }],
      ['usage', { used: 1 }],
      ['note', { note: 'x' }],
      ['message', { text: 'two' }],
      ['tool_call', { toolCallId: 't' }],
      ['message', { text: 'three' }],
    ]),
  );
  assert.deepEqual(
    only(items, 'message').map((item) => item.text),
    ['one two', 'three'],
  );
});

test('a tool call, its updates and its result are one item, and the result has the whole output', () => {
  const items = itemsOf(
    runOf(1, [
      ['tool_call', { toolCallId: 't', title: 'npm test', kind: 'execute', input: { command: 'npm test' } }],
      ['tool_call', { toolCallId: 't', outputAppended: { text: 'a' } }],
      ['message', { text: 'meanwhile' }],
      ['tool_call', { toolCallId: 't', outputAppended: { text: 'b' }, locations: [{ path: '/x' }] }],
      [
        'tool_result',
        { toolCallId: 't', status: 'failed', output: { text: 'abc', truncated: { bytes: 50e6, sha256: 'h' } } },
      ],
    ]),
  );
  const [tool, ...more] = only(items, 'tool');
  assert.equal(more.length, 0);
  assert.deepEqual(tool?.output, { text: 'abc', truncated: { bytes: 50e6, sha256: 'h' } });
  assert.equal(tool.result, 'failed');
  assert.equal(tool.title, 'npm test');
  assert.deepEqual(tool.locations, [{ path: '/x', line: null }]);
  assert.equal(tool.events, 4);
});

test('output so far is the pieces, as long as there is no result', () => {
  const items = itemsOf(
    runOf(1, [
      ['tool_call', { toolCallId: 't', outputAppended: { text: 'a' } }],
      ['tool_call', { toolCallId: 't', outputAppended: { text: 'b' } }],
    ]),
  );
  assert.equal(only(items, 'tool')[0]?.output?.text, 'ab');
});

test('the same tool call id in another run is another call', () => {
  const items = itemsOf([
    ...runOf(1, [['tool_call', { toolCallId: 't' }]]),
    ...runOf(2, [['tool_call', { toolCallId: 't' }]]),
  ]);
  assert.deepEqual(
    only(items, 'tool').map((item) => item.run),
    [1, 2],
  );
});

test('a run is told by a separator with its outcome, and by its end with the reason and how long it took', () => {
  const items = itemsOf(
    runOf(1, [
      ['prompt', { text: 'go', origin: 'prompt' }],
      ['status', { status: 'starting' }],
      ['status', { status: 'running' }],
      ['status', { status: 'failed', reason: 'the agent exited' }],
    ]),
  );
  assert.equal(items[0]?.kind === 'run' && items[0].outcome, 'failed');
  const [end] = only(items, 'end');
  assert.equal(end?.reason, 'the agent exited');
  assert.equal(end.tookMs, 300);
});

test('an unknown type and a payload that does not fit are shown as they are', () => {
  const items = itemsOf(
    runOf(1, [
      ['from_the_future', { x: 1 }],
      ['message', { said: 'nothing' }],
      ['status', 7],
    ]),
  );
  assert.deepEqual(
    only(items, 'unknown').map((item) => item.type),
    ['from_the_future', 'message', 'status'],
  );
});

test('an approval carries its answer, and what the agent told anew is marked', () => {
  const items = itemsOf(
    runOf(1, [
      ['message', { text: 'old', recovered: true }],
      ['message', { text: 'new' }],
      [
        'approval_requested',
        {
          approvalId: 'p',
          toolCallId: 't',
          title: 'Run?',
          options: [{ optionId: 'y', name: 'Yes', kind: 'allow_once' }],
        },
      ],
      ['approval_resolved', { approvalId: 'p', outcome: 'denied', by: 'policy' }],
    ]),
  );
  assert.deepEqual(
    only(items, 'message').map((item) => item.recovered),
    [true, false],
  );
  const [approval] = only(items, 'approval');
  assert.equal(approval?.resolution?.by, 'policy');
  assert.equal(approval.options[0]?.name, 'Yes');
});

test('the plan is its newest state, and the newest run with one has the say', () => {
  const model = createTimelineModel();
  model.append(
    runOf(1, [
      ['plan', { entries: [{ content: 'a', status: 'pending' }] }],
      ['plan', { entries: [{ content: 'a', status: 'completed' }] }],
    ]),
  );
  assert.equal(model.latestPlan()?.entries[0]?.status, 'completed');
  assert.equal(only(model.items(), 'plan').length, 1);
  model.append(runOf(2, [['plan', { entries: [{ content: 'b', status: 'pending' }] }]]));
  assert.equal(model.latestPlan()?.entries[0]?.content, 'b');
});

test('appending to a long timeline costs what is new', () => {
  const model = createTimelineModel();
  model.append(
    runOf(
      1,
      Array.from({ length: 100_000 }, (_, at) => ['tool_call', { toolCallId: `t${at}` }] as const),
    ),
  );
  const started = performance.now();
  for (let at = 0; at < 10_000; at += 1) model.append([event(1, 100_001 + at, 'message', { text: 'x' })]);
  assert.ok(performance.now() - started < 1000);
});

test('what is shown stands between what was said before it and after it, and what is told of the agent ends no message', () => {
  const items = itemsOf(
    runOf(1, [
      ['message', { text: 'one' }],
      ['commands', { commands: [] }],
      ['message', { text: ' two' }],
      ['message', { text: '', parts: [{ type: 'image', mimeType: 'image/png', bytes: 1, sha256: 'x' }] }],
      ['message', { text: '', parts: [{ type: 'from_the_future', a: 1 }] }],
      ['message', { text: 'three' }],
      ['message', { text: 'three', repeated: true }],
      ['message', { text: 'four', subagent: 'other' }],
    ]),
  );
  assert.deepEqual(
    only(items, 'message').map(({ text, parts, repeated, subagent }) => [
      text,
      parts.map(({ kind }) => kind),
      repeated,
      subagent,
    ]),
    [
      ['one two', [], false, null],
      ['', ['image', 'unknown'], false, null],
      ['three', [], false, null],
      ['three', [], true, null],
      ['four', [], false, 'other'],
    ],
  );
});

test('attempts in a row are one line, which says how far they have come', () => {
  const items = itemsOf(
    runOf(1, [
      ['retry', { attempt: 1, of: 5, message: 'x' }],
      ['retry', { attempt: 2, of: 5, message: 'x' }],
      ['message', { text: 'on' }],
      ['retry', { attempt: 1, of: 5, message: 'x' }],
    ]),
  );
  assert.deepEqual(
    only(items, 'told').map(({ text, events }) => [text, events]),
    [
      ['The agent tries again (2 of 5): x', 2],
      ['The agent tries again (1 of 5): x', 1],
    ],
  );
});

test.run();
