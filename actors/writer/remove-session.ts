import type { SessionKey } from '../protocol/facts/ids.ts';
import { recordRemoved } from '../store/chain/log-gaps.ts';
import { diskError } from '../store/file/disk-error.ts';
import type { Database } from '../store/file/sqlite.ts';

/**
 * Deletes a session's events and runs; its ledger run stays, to carry the tombstone that follows, and of the hash chain
 * what is needed to verify it across the gap. Gives how many events were deleted. Space is given back when the
 * transaction has committed (`giveSpaceBack`).
 */
export const deleteSessionRows = (database: Database, sessionKey: SessionKey): number => {
  recordRemoved(database, sessionKey);
  database
    .prepare('DELETE FROM run_snapshots WHERE run_key IN (SELECT run_key FROM runs WHERE session_key = ?)')
    .run(sessionKey);
  const events = database
    .prepare('DELETE FROM session_events WHERE run_key IN (SELECT run_key FROM runs WHERE session_key = ?)')
    .run(sessionKey).changes;
  database.prepare('DELETE FROM runs WHERE session_key = ? AND ordinal > 0').run(sessionKey);
  return events;
};

/**
 * Returns the pages that deletions have freed to the file system, and empties the write-ahead log of what they held.
 * What a disk refuses is given back after the next deletion.
 */
export const giveSpaceBack = (database: Database): void => {
  try {
    database.pragma('incremental_vacuum');
    database.pragma('wal_checkpoint(TRUNCATE)');
  } catch (thrown) {
    if (diskError(thrown) === null) throw thrown;
  }
};
