/** The search index: a database of its own, so that filling it costs the log's writer nothing. */
import { closeSync, constants, existsSync, openSync, rmSync } from 'node:fs';
import { isCorruption } from '../store/file/corruption.ts';
import { type Database, Sqlite } from '../store/file/sqlite.ts';

/** Another version of the schema is not migrated: the index is made anew from the log. */
const schemaVersion = 1;

/** What is indexed: one row for an event, or for the adjacent pieces of one message. */
const schemaSql = `
CREATE TABLE progress (
  indexed_up_to INTEGER NOT NULL,
  -- The event at that place, so that an index is not continued over another log.
  last_event    TEXT NOT NULL,
  -- Whether something was deleted whose words are still in the index, marked as gone.
  purge         INTEGER NOT NULL
) STRICT;
INSERT INTO progress VALUES (0, '', 0);

CREATE TABLE entries (
  position    INTEGER PRIMARY KEY,
  session_key INTEGER NOT NULL,
  run_key     INTEGER NOT NULL,
  run         INTEGER NOT NULL,
  first_seq   INTEGER NOT NULL,
  last_seq    INTEGER NOT NULL,
  type        TEXT    NOT NULL,
  message_id  TEXT,
  occurred_at INTEGER NOT NULL,
  text        TEXT    NOT NULL,
  -- How much of the text the index has, in UTF-16 units: a message grows while it streams in.
  indexed     INTEGER NOT NULL
) STRICT;
CREATE INDEX entries_by_session ON entries (session_key);
CREATE INDEX entries_not_indexed ON entries (position) WHERE indexed < length(text);
CREATE INDEX entries_by_end ON entries (run_key, last_seq);

CREATE VIRTUAL TABLE texts USING fts5 (
  text,
  content = 'entries',
  content_rowid = 'position',
  tokenize = 'unicode61 remove_diacritics 2',
  prefix = '3'
);
PRAGMA user_version = ${schemaVersion};
`;

const tablesSql = "SELECT count(*) FROM sqlite_schema WHERE name IN ('progress', 'entries', 'texts')";

/** Opens the index, or makes it. Raises what SQLite says of a damaged one, and `OtherIndexError` for one not of ours. */
export const openIndex = (path: string): Database => {
  // For its owner alone, and SQLite gives what it keeps beside it the same mode. A symlink is not followed.
  closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600));
  const database = new Sqlite(path);
  try {
    database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma('journal_mode = WAL');
    // After a power cut the last batches may be missing; they are indexed again.
    database.pragma('synchronous = NORMAL');
    database.pragma('secure_delete = ON');
    database.pragma('trusted_schema = OFF');
    const version = database.pragma('user_version', { simple: true });
    if (version === 0) database.transaction(() => database.exec(schemaSql)).immediate();
    else if (version !== schemaVersion) throw new OtherIndexError(`its schema is of version ${String(version)}`);
    if (database.prepare(tablesSql).pluck().get() !== 3) throw new OtherIndexError('a table of it is missing');
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
};

/** The index is none of ours, or of another log: it has to be made anew. */
export class OtherIndexError extends Error {
  override readonly name = 'OtherIndexError';
}

/** Whether the only way on is a new index. A statement that fails says nothing of the file. */
export const isDamage = (thrown: unknown): boolean => thrown instanceof OtherIndexError || isCorruption(thrown);

/** Deletes an index with what SQLite keeps beside it. */
export const deleteIndex = (path: string): void => {
  for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}-journal`]) {
    if (existsSync(file)) rmSync(file, { force: true });
  }
};
