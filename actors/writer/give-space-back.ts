/**
 * Gives back what deletions have freed: pages to the file system, and the write-ahead log with what it still holds of
 * them. In small steps with other work between them, and without ever waiting for somebody who reads.
 */
import * as z from 'zod';
import { diskError } from '../store/file/disk-error.ts';
import type { Database } from '../store/file/sqlite.ts';

/** A step moves a megabyte at most. */
const pagesAtOnce = 256;

const checkpointed = z.tuple([z.object({ busy: z.number() })]);

export type SpaceKeeper = {
  /** Something was deleted. */
  readonly request: () => void;
};

export const createSpaceKeeper = (options: {
  readonly database: Database;
  /** Calls back when what has arrived meanwhile had its turn. */
  readonly schedule: (callback: () => void) => void;
  /** Calls back a while later: a reader was in the way. */
  readonly scheduleRetry: (callback: () => void) => void;
}): SpaceKeeper => {
  const { database } = options;
  let isUnderWay = false;

  const step = (): void => {
    try {
      if (Number(database.pragma('freelist_count', { simple: true })) > 0) {
        database.pragma(`incremental_vacuum(${pagesAtOnce})`);
        options.schedule(step);
      } else if (emptyWriteAheadLog(database)) isUnderWay = false;
      else options.scheduleRetry(step);
    } catch (thrown) {
      isUnderWay = false;
      // What a disk refuses is given back after the next deletion.
      if (diskError(thrown) === null) throw thrown;
    }
  };

  return {
    request: () => {
      if (isUnderWay) return;
      isUnderWay = true;
      options.schedule(step);
    },
  };
};

/** False when somebody still reads in it. Then nothing was waited for, or everybody's acknowledgements would wait, too. */
const emptyWriteAheadLog = (database: Database): boolean => {
  const before = Number(database.pragma('busy_timeout', { simple: true }));
  database.pragma('busy_timeout = 0');
  try {
    const [{ busy }] = checkpointed.parse(database.pragma('wal_checkpoint(TRUNCATE)'));
    return busy === 0;
  } finally {
    database.pragma(`busy_timeout = ${before}`);
  }
};
