import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { SessionKey } from '../../../actors/protocol/facts/ids.ts';
import type { HistoryPlace } from '../../../actors/protocol/gateway/history-pages.ts';
import { at, type LogWorld, message, openLogWorld, prompt, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';

const test = suite('history backwards');

const place = ({ run, seq }: HistoryPlace): string => `${run}:${seq}`;

/** A session with runs of these lengths, another session's events between them. */
const openSession = (world: LogWorld, lengths: readonly number[]) => {
  const other = world.openSession('other');
  const { sessionId, runKey, sessionKey } = world.openSession('read');
  for (const [index, length] of lengths.entries()) {
    const run = index === 0 ? runKey : world.beginRun(sessionId, [prompt()]).runKey;
    for (let count = 0; count < length; count += 1) {
      world.append(run, message(`${count}`));
      world.append(other.runKey, message('between'));
    }
    world.append(run, status(index % 2 === 0 ? 'completed' : 'failed'));
  }
  return { sessionId, sessionKey };
};

const lengths = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 6 });

test('pages from the end, put together, are the whole history', () => {
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 9 }), (runs, limit) => {
      const world = openLogWorld();
      const { sessionId } = openSession(world, runs);
      const expected = world.queries.history(sessionId, null, 1_000).events.map(place);
      let read: string[] = [];
      let before: HistoryPlace | null = null;
      do {
        const page = world.queries.historyBefore(sessionId, before, limit);
        assert.ok(page.events.length <= limit && page.events.length > 0);
        read = [...page.events.map(place), ...read];
        before = page.previous;
      } while (before !== null);
      assert.equal(read, expected);
      world.close();
    }),
    { numRuns: 25 },
  );
});

test('the next and the previous event of a type are those that a look through the history finds', () => {
  fc.assert(
    fc.property(lengths, fc.constantFrom('status', 'prompt', 'message', 'error'), fc.nat(40), (runs, type, start) => {
      const world = openLogWorld();
      const { sessionId } = openSession(world, runs);
      const { events } = world.queries.history(sessionId, null, 1_000);
      const index = start % events.length;
      const from = events[index] ?? null;
      const placeOf = (event: HistoryPlace | undefined) => (event === undefined ? null : place(event));
      const found = (options: { from: HistoryPlace | null; direction: 'next' | 'previous' }) => {
        const answer = world.queries.find(sessionId, { types: [type], ...options });
        return answer === null ? null : place(answer);
      };
      const fits = (event: { type: string }): boolean => event.type === type;
      assert.is(found({ from, direction: 'next' }), placeOf(events.slice(index + 1).find(fits)));
      assert.is(found({ from, direction: 'previous' }), placeOf(events.slice(0, index).findLast(fits)));
      assert.is(found({ from: null, direction: 'next' }), placeOf(events.find(fits)));
      assert.is(found({ from: null, direction: 'previous' }), placeOf(events.findLast(fits)));
      world.close();
    }),
    { numRuns: 40 },
  );
});

test('rows are read by key as the whole dashboard has them, and a removed session is named as gone', () => {
  const world = openLogWorld();
  const kept = openSession(world, [1, 2]);
  const removed = openSession(world, [1]);
  world.commit([{ kind: 'remove_session', requestId: 1, sessionId: removed.sessionId, occurredAt: at(5) }]);
  const keys = [kept.sessionKey, removed.sessionKey, 999 as SessionKey];
  const { rows, gone } = world.queries.dashboardRows(keys);
  assert.equal(
    rows,
    world.queries.dashboard().rows.filter(({ id }) => id === kept.sessionId),
  );
  assert.equal(gone, [removed.sessionId]);
  const { repositories } = world.queries.repositories();
  assert.equal(
    repositories.map(({ path, name }) => [path, name]),
    [['/repository', 'repository']],
  );
  world.close();
});

test.run();
