/** Tool calls that are told again and again while they grow, as a transcript writes them down. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createTranscript } from '../../../../actors/agents/acp/transcript.ts';
import type { RunFact } from '../../../../actors/protocol/facts/events.ts';
import type { Timestamp } from '../../../../actors/protocol/facts/ids.ts';
import { collectGarbage } from '../../../support/collect-garbage.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('streamed tool calls');

const progressEveryMs = 250;

const world = () => {
  const facts: RunFact[] = [];
  let now = 0;
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  const transcript = createTranscript({
    record: (next) => facts.push(next),
    clock: () => now as Timestamp,
    setTimer: (callback, afterMs) => {
      const timer = { at: now + afterMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    maxStoredTextBytes: 256 * 1024,
  });
  const calls = () => facts.flatMap((next) => (next.type === 'tool_call' ? [next.payload] : []));
  return {
    facts,
    transcript,
    calls,
    update: (told: Readonly<Record<string, unknown>>): void => {
      const update = { sessionUpdate: 'tool_call_update', toolCallId: 't', ...told };
      transcript.update(update);
    },
    /** Lets time pass, with the timers that are due in it. */
    pass: (milliseconds: number): void => {
      const end = now + milliseconds;
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers = timers.filter((each) => each !== next);
        now = next.at;
        next.callback();
      }
      now = end;
    },
    elapsed: () => now,
    waits: () => timers.length,
    bytes: () => facts.reduce((sum, { payload }) => sum + Buffer.byteLength(JSON.stringify(payload)), 0),
    /** Whether the input that was logged last is this one. */
    hasLogged: (input: unknown): boolean =>
      JSON.stringify(calls().findLast((call) => call.input !== undefined)?.input) === JSON.stringify(input),
  };
};

const written = Array.from({ length: 22_000 }, (_, index) => 'abcdefghij \n'[index % 12]).join('');

test('[law 17] an input of 22 kB that is sent anew with each of its pieces takes four times that at most', () => {
  const { update, pass, bytes, facts, hasLogged } = world();
  update({ sessionUpdate: 'tool_call', title: 'Write', kind: 'edit', status: 'pending', rawInput: {} });
  for (let end = 6; end < written.length + 6; end += 6) {
    update({ status: 'in_progress', rawInput: { path: '/a', content: written.slice(0, end) } });
    pass(20);
  }
  update({ status: 'completed' });
  assert.ok(bytes() < 4 * written.length, `${bytes()} bytes`);
  assert.ok(facts.length < 20, `${facts.length} events`);
  assert.ok(hasLogged({ path: '/a', content: written }));
});

test('[law 17] whatever the pieces of what is told again, a call takes a small multiple of what it came to', () => {
  const piece = fc.record({
    characters: fc.oneof(fc.nat({ max: 6 }), fc.nat({ max: 3_000 })),
    wait: fc.oneof(fc.constant(0), fc.nat({ max: 60 }), fc.nat({ max: 3_000 })),
    by: fc.constantFrom('rawInput', 'title', 'content', 'status'),
  });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), fc.nat({ max: 22_000 }), (pieces, total) => {
      const { update, pass, bytes, facts, calls, elapsed, hasLogged } = world();
      const whole = written.slice(0, total);
      const told: Record<string, unknown> = {};
      let end = 0;
      for (const { characters, wait, by } of pieces) {
        end = Math.min(total, end + characters);
        const text = whole.slice(0, end);
        if (by === 'rawInput') told.rawInput = { text };
        if (by === 'title') told.title = text.slice(0, 1_000);
        if (by === 'status') told.status = end % 2 === 0 ? 'pending' : 'in_progress';
        if (by === 'content') told.content = [{ type: 'diff', path: '/a', oldText: null, newText: text }];
        update(told);
        pass(wait);
      }
      const inTime = 3 + elapsed() / progressEveryMs;
      assert.ok(facts.length <= inTime, `${facts.length} events in ${elapsed()} ms`);
      update({ ...told, status: 'completed' });
      const final = Buffer.byteLength(JSON.stringify(told));
      assert.ok(bytes() <= 4 * final + 8_192, `${bytes()} bytes of ${final}`);
      // The last state is in the log before the result.
      assert.is(facts.at(-1)?.type, 'tool_result');
      if (told.rawInput !== undefined) assert.ok(hasLogged(told.rawInput));
      const title = calls().findLast((call) => call.title !== undefined)?.title;
      assert.is(title, told.title === '' ? undefined : told.title);
    }),
  );
});

test('[law 17] calls that end, that never end and that have giant names are not remembered for ever', () => {
  const { update, bytes } = world();
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  let ended = 0;
  for (let n = 0; n < 3_000; n += 1) {
    const toolCallId = `${n} ${'i'.repeat(10_000)}`;
    const status = n % 2 === 0 ? 'completed' : 'pending';
    const locations = Array.from({ length: 1_000 }, () => ({ path: '/a' }));
    const giant = { kind: 'k'.repeat(10_000), name: 'n'.repeat(10_000), locations };
    update({ sessionUpdate: 'tool_call', toolCallId, status, ...(n < 10 ? giant : {}) });
    ended += 1;
  }
  collectGarbage();
  const grown = process.memoryUsage().heapUsed - before;
  assert.ok(grown < 64 * 1024 * 1024, `${grown} bytes more for ${ended} calls`);
  assert.ok(bytes() < 3_000 * 1_000, `${bytes()} bytes`);
});

test('what was told last is in the log soon after, though nothing more is told', () => {
  const { update, pass, hasLogged, calls, waits } = world();
  update({ rawInput: { content: written.slice(0, 15_000) } });
  for (let end = 15_000; end < written.length; end += 100) update({ rawInput: { content: written.slice(0, end) } });
  update({ status: 'in_progress', rawInput: { content: written } });
  pass(300);
  assert.is(calls().at(-1)?.status, 'in_progress', 'what is small is told at once');
  pass(1_500);
  assert.ok(hasLogged({ content: written }));
  pass(1_000);
  assert.is(waits(), 0, 'and then nothing waits');
});

test('a request comes after everything that was held back of its call', () => {
  const { update, transcript, hasLogged, facts } = world();
  for (let end = 0; end < written.length; end += 100) update({ rawInput: { content: written.slice(0, end) } });
  update({ rawInput: { content: written } });
  assert.not(hasLogged({ content: written }));
  transcript.tool({ toolCallId: 't', locations: [], content: [], odd: new Map() });
  assert.ok(hasLogged({ content: written }));
  const before = facts.length;
  transcript.flush();
  assert.is(facts.length, before);
});

test('what a call without a result has shown is in the log when its run ends', () => {
  const { update, transcript, calls, facts } = world();
  update({ title: 'Edit' });
  update({ content: [{ type: 'diff', path: '/a', oldText: 'x', newText: 'y' }], rawOutput: { half: true } });
  transcript.flush();
  assert.equal(calls().at(-1), {
    toolCallId: 't',
    diffs: [{ path: '/a', oldText: { text: 'x' }, newText: { text: 'y' } }],
    rawOutput: { half: true },
  });
  const before = facts.length;
  transcript.flush();
  assert.is(facts.length, before);
});

test.run();
