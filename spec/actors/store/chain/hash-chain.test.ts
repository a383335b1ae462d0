import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { SessionId } from '../../../../actors/protocol/facts/ids.ts';
import { eventHash, genesisHash } from '../../../../actors/store/chain/event-hash.ts';
import { at, type LogWorld, message, openLogWorld, status } from '../../../support/log-world.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('hash chain', { timeLimitMs: 180_000 });

const remove = (world: LogWorld, sessionId: SessionId): void =>
  void world.commit([{ kind: 'remove_session', requestId: 1, sessionId, occurredAt: at(10) }]);

const differenceOf = (world: LogWorld): string => {
  const report = world.queries.verify();
  return report.ok ? 'none' : report.difference;
};

const gaps = (world: LogWorld): readonly unknown[] =>
  world.database.prepare('SELECT first_position, last_position FROM log_gaps ORDER BY first_position').raw().all();

test('every part of an event and the one before it is in its hash', () => {
  const event = {
    position: 7,
    runKey: 2,
    seq: 3,
    type: 'message',
    version: 1,
    payload: '{"text":"a"}',
    occurredAt: 10,
    recordedAt: 11,
  };
  const hash = eventHash(genesisHash, event);
  assert.match(hash, /^[0-9a-f]{32}$/);
  const others = [
    { position: 8 },
    { runKey: 3 },
    { seq: 4 },
    { type: 'thinking' },
    { version: 2 },
    { payload: '{"text":"b"}' },
    { occurredAt: 11 },
    { recordedAt: 12 },
    { type: 'message {', payload: '"text":"a"}' },
  ].map((change) => eventHash(genesisHash, { ...event, ...change }));
  assert.is(new Set([hash, eventHash(hash, event), ...others]).size, others.length + 2);
});

test('[law 15] an event that was changed in any column is named by its position', () => {
  const world = openLogWorld();
  const { runKey } = world.openSession();
  world.append(runKey, message('one'), message('two'), message('three'));
  world.database.exec('CREATE TEMP TABLE kept AS SELECT * FROM session_events WHERE position = 4');
  const changes = {
    type: "'thinking'",
    version: 'version + 1',
    payload: `'{"text":"other"}'`,
    occurred_at: 'occurred_at + 1',
    recorded_at: 'recorded_at + 1',
    seq: 'seq + 100',
    run_key: 'run_key + 100',
    hash: 'randomblob(16)',
  };
  for (const [column, value] of Object.entries(changes)) {
    world.database.exec(`UPDATE session_events SET ${column} = ${value} WHERE position = 4`);
    assert.match(differenceOf(world), /^position 4: the event is not what was written/, column);
    world.database.exec(`UPDATE session_events SET ${column} = (SELECT ${column} FROM kept) WHERE position = 4`);
    assert.is(differenceOf(world), 'none');
  }
  world.close();
});

test('the chain is whole over what was removed, and what is kept for it is bounded by what is left', () => {
  const world = openLogWorld();
  const sessions = [world.openSession('a'), world.openSession('b'), world.openSession('c')];
  for (let round = 0; round < 20; round += 1) for (const { runKey } of sessions) world.append(runKey, message('words'));
  const [a, b, c] = sessions;
  if (a === undefined || b === undefined || c === undefined) throw new Error('three were opened');
  remove(world, a.sessionId);
  assert.is(differenceOf(world), 'none');
  assert.ok(gaps(world).length >= 20);
  remove(world, b.sessionId);
  assert.is(differenceOf(world), 'none');
  remove(world, c.sessionId);
  assert.is(differenceOf(world), 'none');
  // Three tombstones are left, and all before them is one span.
  assert.equal(gaps(world), [[1, 66]]);
  assert.is(world.database.prepare('SELECT count(*) FROM session_events').pluck().get(), 3);
  world.append(world.openSession('next').runKey, message('goes on'));
  assert.is(differenceOf(world), 'none');
  world.close();
});

test('a deletion that no tombstone accounts for is seen, also with a gap forged over it', () => {
  const world = openLogWorld();
  const [kept, gone] = [world.openSession('kept'), world.openSession('gone')];
  world.append(kept.runKey, message('one'), message('two'), message('three'));
  remove(world, gone.sessionId);
  const { database } = world;
  const tampered = (change: string, names: RegExp): void => {
    database.exec('CREATE TEMP TABLE events AS SELECT * FROM session_events');
    database.exec('CREATE TEMP TABLE gaps AS SELECT * FROM log_gaps');
    database.exec(change);
    assert.match(differenceOf(world), names, change);
    database.exec('DELETE FROM session_events; INSERT INTO session_events SELECT * FROM events; DROP TABLE events');
    database.exec('DELETE FROM log_gaps; INSERT INTO log_gaps SELECT * FROM gaps; DROP TABLE gaps');
    assert.is(differenceOf(world), 'none');
  };
  tampered('DELETE FROM session_events WHERE position = 6', /^position 6 holds no event/);
  tampered(
    `INSERT INTO log_gaps SELECT position, position, 'removed', hash FROM session_events WHERE position = 6;
     DELETE FROM session_events WHERE position = 6`,
    /seq \d+ follows|the tombstones account for 2/,
  );
  tampered('UPDATE log_gaps SET hash = randomblob(16)', /^position 5: the event is not what was written/);
  tampered(
    'UPDATE log_gaps SET last_position = last_position + 1',
    /^position 5 holds an event, and a gap is recorded/,
  );
  tampered('DELETE FROM log_gaps', /^positions 3 to 4 hold no event/);
  tampered(
    'DELETE FROM session_events WHERE position = (SELECT max(position) FROM session_events)',
    /removed|is|holds/,
  );
  world.close();
});

test('what was rolled back leaves no trace in the chain', () => {
  const world = openLogWorld();
  const { runKey } = world.openSession();
  world.database.exec(
    `CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.session_events WHEN new.payload LIKE '%poison%'
     BEGIN SELECT RAISE(ABORT, 'no'); END`,
  );
  assert.throws(() => world.append(runKey, message('fine so far'), message('poison')), /no/);
  world.append(runKey, message('goes on'));
  assert.is(differenceOf(world), 'none');
  world.close();
});

test('the chain is whole after any sequence of appends, removals and restarts', () => {
  const step = fc.record({ session: fc.nat(3), do: fc.constantFrom('append', 'append', 'remove', 'restart') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let world = openLogWorld();
      const open = () => ({ ...world.openSession(), removed: false });
      const sessions = [open(), open(), open(), open()];
      for (const { session: index, do: what } of steps) {
        const session = sessions[index];
        if (session === undefined) continue;
        if (what === 'restart') {
          world.close();
          world = openLogWorld({ path: world.path });
        } else if (what === 'remove') {
          remove(world, session.sessionId);
          session.removed = true;
        } else if (!session.removed) world.append(session.runKey, status('running'), message('x'));
      }
      assert.is(differenceOf(world), 'none');
      assert.ok(
        gaps(world).length <= Number(world.database.prepare('SELECT count(*) FROM session_events').pluck().get()),
      );
      world.close();
    }),
    { numRuns: 40 },
  );
});

test.run();
