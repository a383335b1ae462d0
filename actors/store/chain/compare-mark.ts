import * as z from 'zod';
import type { Database } from '../file/sqlite.ts';
import { hashHex } from './event-hash.ts';
import type { HeadMark } from './head-mark.ts';
import { readLogEnd } from './log-end.ts';

const storedHash = z.object({ hash: z.instanceof(Uint8Array).nullable() }).optional();
const chainedSchema = 3;

/** The database's random id in hexadecimal; null for one of a schema that had none. */
export const readDatabaseId = (database: Database): string | null => {
  if (Number(database.pragma('user_version', { simple: true })) < chainedSchema) return null;
  const row = z.object({ id: z.instanceof(Uint8Array) }).parse(database.prepare('SELECT id FROM store').get());
  return hashHex(row.id);
};

/**
 * What the head mark remembers and the database does not have, in words; null when they agree. The database may well be
 * ahead: a commit can be durable though the process ended before it was marked.
 */
export const compareWithMark = (database: Database, mark: HeadMark): string | null => {
  const id = readDatabaseId(database);
  if (id === null) return 'an older database has taken its place';
  if (id !== mark.databaseId) return 'another database has taken its place';
  const { position } = readLogEnd(database);
  if (position < mark.position) {
    const missing = mark.position - position;
    const what = missing === 1 ? 'the last event is missing' : `the last ${missing} events are missing`;
    return `${what}: it ends at position ${position}, and position ${mark.position} had been acknowledged`;
  }
  if (mark.position === 0) return null;
  const row = storedHash.parse(
    database.prepare('SELECT hash FROM session_events WHERE position = ?').get(mark.position),
  );
  if (row === undefined) {
    const gap = database
      .prepare('SELECT 1 FROM log_gaps WHERE first_position <= @at AND last_position >= @at')
      .get({ at: mark.position });
    return gap === undefined ? `position ${mark.position}, which had been acknowledged, holds no event` : null;
  }
  const hash = hashHex(row.hash);
  if (hash === null || hash === mark.hash) return null;
  return `position ${mark.position} holds another event than the one that had been acknowledged`;
};
