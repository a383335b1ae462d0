import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { standingOf } from '../../model/inspection/replay.ts';
import { afterFact, beginningOfRun, typesHeard } from '../../model/run/fold-run.ts';
import { type RunSnapshot, statusOf } from '../../model/run/machine.ts';
import { decodeFact, isRunFact } from '../../protocol/facts/events.ts';
import { timestampSchema } from '../../protocol/facts/id-schemas.ts';
import { isTerminal } from '../../protocol/facts/status.ts';
import type { Database } from '../file/sqlite.ts';
import { readSnapshots } from '../run-snapshots.ts';

const runRow = z.object({ run_key: z.number(), run_id: z.string(), outcome: z.string().nullable() });
const factRow = z.object({ seq: z.number(), type: z.string(), payload: z.string(), occurred_at: timestampSchema });

/**
 * Folds the machine of every run over what it heard, and says where what is stored differs from it: the outcome of the
 * run, or a snapshot that was taken on the way. Null when nothing does. A snapshot of another version of the machine is
 * not used by anybody, and no difference. Of a session that is being removed, runs have lost their beginnings.
 */
export const differenceOfMachines = (database: Database): string | null => {
  const facts = database.prepare(
    `SELECT seq, type, payload, occurred_at FROM session_events
      WHERE run_key = ? AND type IN (SELECT value FROM json_each(?)) ORDER BY seq`,
  );
  const runs = database
    .prepare(
      `SELECT run_key, run_id, outcome FROM runs JOIN sessions USING (session_key)
        WHERE ordinal > 0 AND removed = 0 ORDER BY run_key`,
    )
    .all();
  for (const row of runs) {
    const run = runRow.parse(row);
    const snapshots = new Map(
      [...readSnapshots(database, run.run_key, 'ASC')].map((each): [number, RunSnapshot] => [each.seq, each.machine]),
    );
    let machine = beginningOfRun();
    for (const each of facts.iterate(run.run_key, JSON.stringify(typesHeard))) {
      const { seq, type, payload, occurred_at } = factRow.parse(each);
      const fact = decodeFact(type, payload, occurred_at);
      // What cannot be read passes the machine by, as it does live.
      if (fact !== null && isRunFact(fact)) machine = afterFact(machine, fact);
      const snapshot = snapshots.get(seq);
      if (snapshot !== undefined && !standsLike(snapshot, machine)) {
        return `run ${run.run_id}: the snapshot at seq ${seq} is not where its machine stood`;
      }
    }
    const status = statusOf(machine);
    const outcome = isTerminal(status) ? status : null;
    if (outcome !== run.outcome) {
      return `run ${run.run_id}: outcome is ${JSON.stringify(run.outcome)}, its machine gives ${JSON.stringify(outcome)}`;
    }
  }
  return null;
};

const standsLike = (one: RunSnapshot, other: RunSnapshot): boolean =>
  isDeepStrictEqual(standingOf(one), standingOf(other));
