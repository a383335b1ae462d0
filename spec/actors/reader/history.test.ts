import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { Position } from '../../../actors/protocol/facts/ids.ts';
import type { HistoryPlace } from '../../../actors/protocol/gateway/history-pages.ts';
import { readEventsAfter } from '../../../actors/reader/history-queries.ts';
import { message, openLogWorld, prompt, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';

const test = suite('history queries');

const place = (event: HistoryEvent): string => `${event.run}:${event.seq}`;

test('pages of any size, put together, are the whole history in order of run and seq', () => {
  const runLengths = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(runLengths, fc.integer({ min: 1, max: 9 }), (lengths, limit) => {
      const world = openLogWorld();
      const other = world.openSession('other');
      const { sessionId, runKey } = world.openSession('paged');
      const expected = ['0:1'];
      for (const [index, length] of lengths.entries()) {
        const run = index === 0 ? runKey : world.beginRun(sessionId, [prompt()]).runKey;
        for (let message_ = 0; message_ < length; message_ += 1) {
          world.append(run, message(`${message_}`));
          // Another session's events lie between, so that positions are no help.
          world.append(other.runKey, message('between'));
        }
        world.append(run, status('completed'));
        for (let seq = 1; seq <= length + 2; seq += 1) expected.push(`${index + 1}:${seq}`);
      }
      const paged: string[] = [];
      let after: HistoryPlace | null = null;
      do {
        const page = world.queries.history(sessionId, after, limit);
        assert.ok(page.events.length <= limit);
        paged.push(...page.events.map(place));
        after = page.next;
      } while (after !== null);
      assert.equal(paged, expected);
      world.close();
    }),
    { numRuns: 40 },
  );
});

test('the tail of all sessions, and of one, goes on exactly where it was left', () => {
  const world = openLogWorld();
  const [one, two] = [world.openSession('one'), world.openSession('two')];
  for (let index = 0; index < 20; index += 1)
    world.append(index % 3 === 0 ? one.runKey : two.runKey, message(`${index}`));
  for (const session of [undefined, one.sessionId]) {
    const seen: number[] = [];
    let position = 0 as Position;
    for (;;) {
      const page = world.queries.eventsAfter(position, { session, limit: 4 });
      seen.push(...page.events.map(({ event }) => event.position));
      if (page.upTo === position) break;
      position = page.upTo;
    }
    const all = world.queries.eventsAfter(0 as Position, { limit: 1_000 }).events;
    const expected = all.filter((event) => session === undefined || event.sessionId === session);
    assert.equal(
      seen,
      expected.map(({ event }) => event.position),
    );
  }
  world.close();
});

test('an event that is committed while the tail of another session is read is not passed over', () => {
  const world = openLogWorld();
  const [one, two] = [world.openSession('one'), world.openSession('two')];
  const start = world.log.position();
  // The writer commits between whichever two statements the reader makes of its question.
  let statements = 0;
  const interrupted = new Proxy(world.database, {
    get: (database, key) =>
      key === 'prepare'
        ? (sql: string) => {
            statements += 1;
            if (statements === 2) world.append(one.runKey, message('in between'));
            return database.prepare(sql);
          }
        : Reflect.get(database, key),
  });
  world.append(two.runKey, message('of another session'));
  const first = readEventsAfter(interrupted, start, { session: one.sessionId, limit: 10 });
  const rest = readEventsAfter(world.database, first.upTo, { session: one.sessionId, limit: 10 });
  const seen = [...first.events, ...rest.events].map(({ event }) => (event.payload as { text: string }).text);
  assert.equal(seen, ['in between']);
  world.close();
});

test('a payload that is damaged, or of a newer program, is shown as it is and hides nothing else', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession();
  world.append(runKey, message('before'), message('damaged'), message('after'));
  world.database.exec("UPDATE session_events SET payload = '{broken' WHERE payload LIKE '%damaged%'");
  world.database.exec("UPDATE session_events SET type = 'from_the_future' WHERE payload LIKE '%after%'");
  const { events } = world.queries.history(sessionId, { run: 1, seq: 1 }, 10);
  assert.equal(
    events.map((event) => [event.type, event.payload]),
    [
      ['message', { text: 'before' }],
      ['message', { unreadable: '{broken' }],
      ['from_the_future', { text: 'after' }],
    ],
  );
  world.close();
});

test.run();
