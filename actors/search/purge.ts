/**
 * Deleted words really go. FTS5 marks them as gone and drops them when it joins its segments, so after a deletion all
 * segments are joined, a little at a time; then the space is given back.
 */

import * as z from 'zod';
import type { Database } from '../store/file/sqlite.ts';

const pagesAtATime = 200;

export type Purge = {
  /** Within the transaction that deletes. */
  readonly request: () => void;
  readonly isWanted: () => boolean;
  /** Does a piece of it, if it was asked for, and says whether there is more. */
  readonly step: () => boolean;
};

export const createPurge = (index: Database): Purge => {
  const wanted = index.prepare('SELECT purge FROM progress').pluck();
  const setWanted = index.prepare('UPDATE progress SET purge = ?');
  const merge = index.prepare("INSERT INTO texts (texts, rank) VALUES ('merge', ?)");
  const changes = index.prepare('SELECT total_changes()').pluck();
  let begun = false;
  const isWanted = (): boolean => wanted.get() === 1;
  const countChanges = (): number => z.number().parse(changes.get());
  return {
    request: () => {
      setWanted.run(1);
      begun = false;
    },
    isWanted,
    step: () => {
      if (!isWanted()) return false;
      const before = countChanges();
      // A negative number takes in every segment there is; the calls after it go on with those.
      merge.run(begun ? pagesAtATime : -pagesAtATime);
      begun = true;
      // So SQLite says that there was nothing left to join.
      if (countChanges() - before >= 2) return true;
      setWanted.run(0);
      index.pragma('incremental_vacuum');
      index.pragma('wal_checkpoint(TRUNCATE)');
      return false;
    },
  };
};
