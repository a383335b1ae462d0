import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  createTrim,
  type EventWindow,
  emptyWindow,
  firstPlace,
  lastPlace,
  withEarlier,
  withLater,
  withLive,
} from '../../../gui/session/model/event-window.ts';
import { isNext } from '../../../gui/session/model/place.ts';
import { suite } from '../../support/suite.ts';
import { anyHistory, event, runOf } from './support.ts';

const test = suite('event window');
const trimmed = createTrim();

const messages = (run: number, count: number) =>
  runOf(
    run,
    Array.from({ length: count }, () => ['message', { text: 'x' }] as const),
  );

test('earlier and later pages, overlapping or not, give the whole stretch once', () => {
  fc.assert(
    fc.property(anyHistory, fc.nat(), fc.integer({ min: 1, max: 9 }), fc.nat(3), (history, start, size, overlap) => {
      const from = start % history.length;
      let window: EventWindow = withLater(emptyWindow, history.slice(from, from + size), true);
      for (let at = from; at > 0; at -= size) {
        window = withEarlier(window, history.slice(Math.max(0, at - size), at + overlap), at - size > 0);
      }
      for (let at = from; at < history.length; at += size) {
        window = withLater(window, history.slice(Math.max(0, at - overlap), at + size), at + size < history.length);
      }
      assert.deepEqual(window.events, history);
      assert.equal(window.hasEarlier || window.hasLater, false);
    }),
  );
});

test('what the tail tells twice is taken once, and a gap is seen', () => {
  fc.assert(
    fc.property(anyHistory, fc.nat(), fc.array(fc.nat(), { maxLength: 8 }), (history, start, extra) => {
      const held = history.slice(0, 1 + (start % history.length));
      const again = extra.map((at) => history[at % history.length]).filter((one) => one !== undefined);
      const result = withLive({ ...emptyWindow, events: held }, again);
      if (result.kind === 'gap') return;
      const { events } = result.window;
      for (const [at, one] of events.entries()) {
        const before = events[at - 1];
        assert.ok(before === undefined || isNext(before, one));
      }
      assert.equal(new Set(events.map((one) => `${one.run}:${one.seq}`)).size, events.length);
    }),
  );
});

test('an entry of the ledger that comes during a run stands with the ledger', () => {
  const window: EventWindow = { ...emptyWindow, events: [event(0, 1, 'session_created'), ...messages(1, 2)] };
  const result = withLive(window, [event(0, 2, 'session_renamed'), event(1, 3, 'message')]);
  assert.equal(result.kind, 'inserted');
  assert.deepEqual(result.kind === 'inserted' && result.window.events.map((one) => `${one.run}:${one.seq}`), [
    '0:1',
    '0:2',
    '1:1',
    '1:2',
    '1:3',
  ]);
});

test('an entry of a ledger that is not held changes nothing', () => {
  const window: EventWindow = { ...emptyWindow, events: messages(3, 2), hasEarlier: true };
  const result = withLive(window, [event(0, 9, 'session_renamed')]);
  assert.equal(result.kind === 'appended' && result.window === window, true);
});

test('a window stays within its bounds, and what it lets go of it knows to be missing', () => {
  const bounds = { events: 100, characters: 1_000_000 };
  const window: EventWindow = { ...emptyWindow, events: messages(1, 150) };
  const end = trimmed(window, bounds, 'end');
  assert.equal(end.events.length, 75);
  assert.deepEqual([end.hasEarlier, end.hasLater, lastPlace(end)?.seq], [true, false, 150]);
  const start = trimmed(window, bounds, 'start');
  assert.deepEqual([start.hasEarlier, start.hasLater, firstPlace(start)?.seq], [false, true, 1]);
});

test('few but giant events are let go of as well, all but one', () => {
  const giant = { text: 'x'.repeat(600_000) };
  const window: EventWindow = {
    ...emptyWindow,
    events: runOf(
      1,
      Array.from({ length: 5 }, () => ['message', giant] as const),
    ),
  };
  assert.equal(trimmed(window, { events: 100, characters: 1_000_000 }, 'end').events.length, 1);
});

test.run();
