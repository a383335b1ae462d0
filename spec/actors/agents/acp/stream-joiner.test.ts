import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { SimulatedClock } from 'xstate';
import { createStreamJoiner, type Stream } from '../../../../actors/agents/acp/stream-joiner.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('stream joiner');

const message: Stream = { kind: 'message', messageId: 'm' };
const thought: Stream = { kind: 'thinking', messageId: 'm' };

const world = () => {
  const clock = new SimulatedClock();
  const events: string[] = [];
  const joiner = createStreamJoiner({
    emit: ({ kind, messageId }, text) => events.push(`${clock.now()} ${kind} ${messageId}: ${text}`),
    setTimer: (callback, afterMs) => {
      const timer = clock.setTimeout(callback, afterMs);
      return () => clock.clearTimeout(timer);
    },
  });
  return { clock, events, joiner };
};

test('pieces of 50 ms are one event', () => {
  const { clock, events, joiner } = world();
  for (const piece of ['a', 'b', 'c', 'd', 'e', 'f']) {
    joiner.push(message, piece);
    clock.increment(10);
  }
  assert.equal(events, ['50 message m: abcde']);
  clock.increment(40);
  assert.equal(events, ['50 message m: abcde', '100 message m: f']);
});

test('the time runs from the first piece: a steady stream does not put its event off', () => {
  const { clock, events, joiner } = world();
  for (let n = 0; n < 100; n += 1) {
    joiner.push(message, 'x');
    clock.increment(10);
  }
  assert.is(events.length, 20);
});

test('a change of kind or message ends the event before it, in order', () => {
  const { events, joiner } = world();
  joiner.push(thought, 'hm');
  joiner.push(message, 'so');
  joiner.push({ kind: 'message', messageId: 'n' }, 'next');
  joiner.push({ kind: 'message', messageId: null }, 'none');
  joiner.flush();
  assert.equal(events, ['0 thinking m: hm', '0 message m: so', '0 message n: next', '0 message null: none']);
});

test('agents that speak at the same time do not end one another', () => {
  const { clock, events, joiner } = world();
  for (let n = 0; n < 5; n += 1) {
    joiner.push({ ...message, subagent: 'one' }, `${n}`);
    joiner.push({ ...message, subagent: 'two' }, 'abcde'.charAt(n));
  }
  clock.increment(50);
  assert.equal(events, ['50 message m: 01234', '50 message m: abcde']);
  for (let n = 0; n < 100; n += 1) joiner.push({ ...message, subagent: `${n}` }, 'x');
  assert.ok(events.length > 80);
});

test('a flush empties it, and leaves no timer behind', () => {
  const { clock, events, joiner } = world();
  joiner.push(message, 'a');
  joiner.flush();
  joiner.flush();
  clock.increment(30);
  joiner.push(message, 'b');
  clock.increment(49);
  assert.equal(events, ['0 message m: a']);
  clock.increment(1);
  assert.equal(events, ['0 message m: a', '80 message m: b']);
});

test('an empty piece is no news, and opens nothing', () => {
  const { clock, events, joiner } = world();
  joiner.push(message, '');
  joiner.push(thought, 'a');
  joiner.push(message, '');
  joiner.push(thought, 'b');
  clock.increment(50);
  assert.equal(events, ['50 thinking m: ab']);
});

test('what is held back is bounded', () => {
  const { events, joiner } = world();
  for (let n = 0; n < 5; n += 1) joiner.push(message, 'x'.repeat(4_096));
  assert.is(events.length, 1);
});

test('whatever comes in whatever time, nothing is lost, and each stream keeps its order', () => {
  const piece = fc.record({
    stream: fc.constantFrom(message, thought, { kind: 'message' as const, messageId: null }),
    text: fc.string({ maxLength: 5 }),
    wait: fc.nat({ max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const clock = new SimulatedClock();
      const emitted: { stream: Stream; text: string }[] = [];
      const joiner = createStreamJoiner({
        emit: (stream, text) => emitted.push({ stream, text }),
        setTimer: (callback, afterMs) => {
          const timer = clock.setTimeout(callback, afterMs);
          return () => clock.clearTimeout(timer);
        },
      });
      for (const { stream, text, wait } of pieces) {
        joiner.push(stream, text);
        clock.increment(wait);
      }
      joiner.flush();
      const said = (parts: readonly { stream: Stream; text: string }[]): string =>
        parts
          .map(({ stream, text }) => [...text].map((c) => `${stream.kind}${stream.messageId}${c}`).join(''))
          .join('');
      assert.is(said(emitted), said(pieces));
    }),
  );
});

test.run();
