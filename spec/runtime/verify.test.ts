import { is, match, ok } from 'uvu/assert';
import { Sqlite } from '../../actors/store/file/sqlite.ts';
import { suite } from '../support/suite.ts';
import { closeWorlds, createWorld, ended, start } from '../support/world.ts';

const test = suite('verifying the log', { timeLimitMs: 180_000 });
test.after(closeWorlds);

test('a row that was tampered with is found and named, whatever of it was changed', async () => {
  const world = createWorld('verify');
  const runtime = await world.open();
  const failed = await start(runtime, world, 'crash', { name: 'first' });
  await ended(runtime, failed.id);
  const { id } = await start(runtime, world, 'approval', { name: 'second', approvals: 'allow' });
  await ended(runtime, id);
  await runtime.rename(id, 'third');
  await runtime.stop();

  const database = new Sqlite(world.directory.database);
  const again = await world.open();
  const tamper = async (what: string, change: string, undo: string, names: RegExp): Promise<void> => {
    ok(database.prepare(change).run().changes > 0, what);
    const report = await again.verify();
    is(report.ok, false, what);
    if (!report.ok) match(report.difference, names, what);
    database.prepare(undo).run();
    is((await again.verify()).ok, true, `${what}, undone`);
  };
  const ofSession = `session_id = '${id}'`;
  const column = (name: string, value: string, was: string): Promise<void> =>
    tamper(
      name,
      `UPDATE sessions SET ${name} = ${value} WHERE ${ofSession}`,
      `UPDATE sessions SET ${name} = ${was} WHERE ${ofSession}`,
      new RegExp(`^session ${id}: ${name} is`),
    );
  await column('status', "'failed'", "'completed'");
  await column('name', "'another'", "'third'");
  await column('restored', '1', '0');
  await column('recovery_hint', "'Resume.'", 'NULL');
  await column('run_count', '7', '1');
  await column('pending_approvals', '1', '0');
  await column('failure_reason', "'none'", 'NULL');

  const event = (type: string): { position: number; payload: string } =>
    database
      .prepare<[string], { position: number; payload: string }>(
        'SELECT position, payload FROM session_events WHERE type = ? ORDER BY position DESC LIMIT 1',
      )
      .get(type) ?? { position: 0, payload: '' };
  const renamed = event('session_renamed');
  await tamper(
    'a payload',
    `UPDATE session_events SET payload = '{"name":"forged"}' WHERE position = ${renamed.position}`,
    `UPDATE session_events SET payload = '${renamed.payload}' WHERE position = ${renamed.position}`,
    new RegExp(`position ${renamed.position}: the event is not what was written`),
  );
  await tamper(
    'an unreadable payload',
    `UPDATE session_events SET payload = '{' WHERE position = ${renamed.position}`,
    `UPDATE session_events SET payload = '${renamed.payload}' WHERE position = ${renamed.position}`,
    new RegExp(`position ${renamed.position}: the event is not what was written`),
  );
  const message = event('message');
  await tamper(
    'a seq',
    `UPDATE session_events SET seq = seq + 1000 WHERE position = ${message.position}`,
    `UPDATE session_events SET seq = seq - 1000 WHERE position = ${message.position}`,
    new RegExp(`position ${message.position}: the event is not what was written`),
  );
  database.exec('CREATE TEMP TABLE kept AS SELECT * FROM session_events');
  for (const { position } of [message, renamed]) {
    await tamper(
      'a deleted event',
      `DELETE FROM session_events WHERE position = ${position}`,
      `INSERT INTO session_events SELECT * FROM kept WHERE position = ${position}`,
      /holds no event|last_seq|name is/,
    );
  }
  await tamper(
    'the first event',
    'DELETE FROM session_events WHERE position = 1',
    'INSERT INTO session_events SELECT * FROM kept WHERE position = 1',
    /position 1 holds no event/,
  );
  database.close();
  await world.close();
});

test.run();
