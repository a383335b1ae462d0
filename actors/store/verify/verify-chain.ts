/** Follows the hash chain through the whole log, over the gaps that deletions and damage left. */

import * as z from 'zod';
import { hashedEvent } from '../chain/chain-existing.ts';
import { eventHash, genesisHash, hashHex } from '../chain/event-hash.ts';
import type { Database } from '../file/sqlite.ts';

const storedHash = z.instanceof(Uint8Array).nullable();
const chainedRow = z.object({
  position: z.number(),
  run_key: z.number(),
  seq: z.number(),
  type: z.string(),
  version: z.number(),
  payload: z.string(),
  occurred_at: z.number(),
  recorded_at: z.number(),
  hash: storedHash,
});
const placeOnly = z.looseObject({ position: z.number() });
const gapRow = z
  .object({
    first_position: z.number(),
    last_position: z.number(),
    reason: z.enum(['removed', 'lost']),
    hash: storedHash,
  })
  .optional();

export type ChainFindings = {
  /** Positions that gaps account for as removed with their sessions. */
  readonly removed: number;
  /** Events that a repair found to be lost to damage, and said so. */
  readonly lost: number;
  /** The first place where the log is not what was written; null when there is none. */
  readonly difference: string | null;
};

/** Compares every event with its hash. Raises what SQLite says of a page it cannot read. */
export const verifyChain = (database: Database): ChainFindings => {
  const gapAfter = database.prepare('SELECT * FROM log_gaps WHERE first_position = ?');
  let removed = 0;
  let lost = 0;
  let position = 0;
  // Null: what comes next cannot be traced to what was before it, and a repair has said so.
  let previous: string | null = genesisHash;
  const found = (difference: string): ChainFindings => ({ removed, lost, difference });

  /** Goes over the gaps that begin after the present position. */
  const overGaps = (): void => {
    for (;;) {
      const gap = gapRow.parse(gapAfter.get(position + 1));
      if (gap === undefined) return;
      const length = gap.last_position - gap.first_position + 1;
      if (gap.reason === 'removed') removed += length;
      else lost += length;
      position = gap.last_position;
      previous = hashHex(gap.hash);
    }
  };

  for (const row of database.prepare('SELECT * FROM session_events ORDER BY position').iterate()) {
    const at = placeOnly.parse(row).position;
    if (at !== position + 1) overGaps();
    if (at <= position) return found(`position ${at} holds an event, and a gap is recorded over it`);
    if (at !== position + 1) return found(missing(position + 1, at - 1));
    const event = chainedRow.safeParse(row);
    if (!event.success) return found(`position ${at}: the event is unreadable`);
    const stored = hashHex(event.data.hash);
    if (stored !== null && previous !== null && eventHash(previous, hashedEvent(event.data)) !== stored) {
      return found(`position ${at}: the event is not what was written (its hash does not fit)`);
    }
    if (stored === null) lost += 1;
    position = at;
    previous = stored;
  }
  overGaps();
  const gaps = z
    .object({ positions: z.number() })
    .parse(
      database.prepare('SELECT coalesce(sum(last_position - first_position + 1), 0) AS positions FROM log_gaps').get(),
    );
  const passed = removed + lost;
  const counted =
    gaps.positions +
    z
      .object({ lost: z.number() })
      .parse(database.prepare('SELECT count(*) AS lost FROM session_events WHERE hash IS NULL').get()).lost;
  if (passed !== counted) return found(`the gaps of the log account for ${counted} positions, ${passed} are empty`);
  return { removed, lost, difference: null };
};

const missing = (first: number, last: number): string =>
  first === last ? `position ${first} holds no event` : `positions ${first} to ${last} hold no event`;
