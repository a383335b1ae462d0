import * as z from 'zod';
import { positionSchema } from '../../protocol/facts/id-schemas.ts';
import { beforeFirstPosition, type Position } from '../../protocol/facts/ids.ts';
import type { Database } from '../file/sqlite.ts';
import { genesisHash, hashHex } from './event-hash.ts';

/** Where a log ends: the last position that was given out, and the hash that the next event is chained to. */
export type LogEnd = { readonly position: Position; readonly hash: string };

const endRow = z.object({ position: positionSchema, hash: z.instanceof(Uint8Array).nullable() }).optional();

/**
 * The end of a log as its rows say it. The last events may have been lost to damage, and then the end is that of the
 * gap they left: no position is ever given out twice.
 */
export const readLogEnd = (database: Database): LogEnd => {
  const end = endRow.parse(
    database
      .prepare(
        `SELECT position, hash FROM (SELECT position, hash FROM session_events ORDER BY position DESC LIMIT 1)
          UNION ALL
         SELECT position, hash FROM
           (SELECT last_position AS position, hash FROM log_gaps ORDER BY first_position DESC LIMIT 1)
          ORDER BY position DESC LIMIT 1`,
      )
      .get(),
  );
  if (end === undefined) return { position: beforeFirstPosition, hash: genesisHash };
  return { position: end.position, hash: hashHex(end.hash) ?? genesisHash };
};
