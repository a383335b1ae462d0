import * as z from 'zod';
import type { SessionState } from '../model/dashboard/session-projection.ts';
import { decodeFact, type Payload } from '../protocol/facts/events.ts';
import { timestampSchema, writtenSessionId } from '../protocol/facts/id-schemas.ts';
import type { SessionId, Timestamp } from '../protocol/facts/ids.ts';
import type { Database } from '../store/file/sqlite.ts';
import { sessionStateOf } from '../store/rows.ts';

/** A session whose removal was begun, and what the log has of it. */
export type UnfinishedRemoval = {
  readonly id: SessionId;
  readonly state: SessionState;
  /** How it was begun, and when; null when that is erased already. */
  readonly begun: (Payload<'removal_begun'> & { readonly at: Timestamp }) | null;
  /** What was there before it, and is not ours to remove. */
  readonly takesBranch: boolean;
  readonly takesWorktree: string | null;
  /** Where the work of its worktree is kept, if the worktree is gone and held any. */
  readonly parkedRef: string | null;
};

const identity = z.looseObject({ session_key: z.number(), session_id: writtenSessionId });
const stepRows = z.array(z.object({ type: z.string(), payload: z.string(), occurred_at: timestampSchema }));

/** Raises `session.damaged` for a row that cannot be read. */
export const readUnfinishedRemovals = (database: Database): readonly UnfinishedRemoval[] =>
  database
    // Relies on the partial index sessions_being_removed, whose condition this repeats.
    .prepare('SELECT * FROM sessions WHERE removed IN (2, 3)')
    .all()
    .map((row) => {
      const { session_key, session_id } = identity.parse(row);
      const steps = stepRows
        .parse(
          database
            .prepare(
              `SELECT type, payload, occurred_at FROM runs JOIN session_events USING (run_key)
                WHERE session_key = ? AND ordinal = 0 AND type IN ('session_created', 'removal_begun', 'worktree_removed') ORDER BY seq`,
            )
            .all(session_key),
        )
        .flatMap(({ type, payload, occurred_at }) => decodeFact(type, payload, occurred_at) ?? []);
      const made = steps.find((step) => step.type === 'session_created');
      const begun = steps.findLast((step) => step.type === 'removal_begun');
      const gone = steps.findLast((step) => step.type === 'worktree_removed');
      return {
        id: session_id,
        state: sessionStateOf(row),
        begun: begun === undefined ? null : { ...begun.payload, at: begun.occurredAt },
        takesBranch: made?.payload.takesBranch === true,
        takesWorktree: made?.payload.takesWorktree ?? null,
        parkedRef: gone?.payload.parkedRef ?? null,
      };
    });
