import { readFileSync, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { openQueries } from '../../../actors/reader/open-queries.ts';
import { message, openLogWorld, resultOf, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';

const test = suite('quarantine');

test('a session row that nobody wrote is shown as damaged, refused by itself, and the others go on', () => {
  let world = openLogWorld();
  const [bad, good] = [world.openSession('bad'), world.openSession('good')];
  world.append(good.runKey, status('running'));
  world.append(bad.runKey, status('running'));
  world.database.exec(`UPDATE sessions SET approvals = 'no json' WHERE session_id = '${bad.sessionId}'`);
  world.close();
  world = openLogWorld({ path: world.path });
  const rows = new Map(world.queries.dashboard().rows.map((row) => [row.id, row]));
  assert.is(rows.get(bad.sessionId)?.status, 'Failed');
  assert.is(rows.get(bad.sessionId)?.name, 'bad');
  assert.match(rows.get(bad.sessionId)?.failureReason ?? '', /damaged/);
  assert.ok(rows.get(good.sessionId)?.restored, 'the other one is restored');
  world.append(good.runKey, message('goes on'));
  const refused = world.commit([
    {
      kind: 'append',
      batches: [
        {
          runKey: bad.runKey,
          firstSeq: 3 as never,
          events: [{ type: 'note', payload: '{"note":"x"}', occurredAt: 1 as never }],
        },
      ],
    },
  ]).replies[0];
  const result = resultOf(refused);
  assert.is(result?.kind === 'refused' && result.error.code, 'session.damaged');
  assert.is(world.queries.history(bad.sessionId, null, 10).events.length, 3, 'its history can be read');
  const report = world.queries.verify();
  assert.match(report.ok ? '' : report.difference, new RegExp(`session ${bad.sessionId}: its stored row is damaged`));
  world.close();
});

test('an event whose payload is no JSON is shown as the text it is, with the rest around it', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession();
  world.append(runKey, message('one'), message('two'));
  world.database.exec("UPDATE session_events SET payload = '{broken' WHERE position = 3");
  const { events } = world.queries.history(sessionId, null, 10);
  assert.equal(events.map((event) => event.payload).slice(2), [{ unreadable: '{broken' }, { text: 'two' }]);
  world.close();
});

test('a damaged page of the file costs a history only the events on it, and says where they were', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession('long');
  for (let batch = 0; batch < 40; batch += 1) {
    world.append(
      runKey,
      ...Array.from({ length: 50 }, (_, index) => message(`${batch}/${index} ${'words '.repeat(20)}`)),
    );
  }
  world.close();
  const whole = readAll(world.path, sessionId);
  assert.is(whole.length, 2_002);
  // Somewhere in the middle of the file is a page of events: its head makes it unreadable.
  const bytes = readFileSync(world.path);
  const page = pageWith(bytes, '20/25 words');
  bytes.fill(0xff, page * 4096, page * 4096 + 8);
  writeFileSync(world.path, bytes);
  const left = readAll(world.path, sessionId);
  assert.equal(
    left.map(({ run, seq }) => [run, seq]),
    whole.map(({ run, seq }) => [run, seq]),
  );
  const lost = left.filter((event) => (event.payload as { note?: string }).note === 'event_lost');
  assert.ok(lost.length > 0 && lost.length < 60, `${lost.length} were lost`);
  assert.is(
    left.filter((event, index) => event.type === 'message' && JSON.stringify(event) !== JSON.stringify(whole[index]))
      .length,
    0,
  );
});

const pageWith = (bytes: Buffer, text: string): number => Math.floor(bytes.indexOf(text) / 4096);

const readAll = (path: string, id: SessionId) => {
  const queries = openQueries(path, { runtimeIsAlive: true });
  try {
    const forwards = queries.history(id, null, 5_000).events;
    const backwards = queries.historyBefore(id, null, 5_000).events;
    assert.equal(backwards.length, forwards.length);
    return forwards;
  } finally {
    queries.close();
  }
};

test.run();
