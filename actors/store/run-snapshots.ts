/** The stored snapshots of a run's machine; a database that no runtime has opened since they came has none. */
import * as z from 'zod';
import type { RunSnapshot } from '../model/run/machine.ts';
import { decodeRunSnapshot } from '../model/run/run-snapshot.ts';
import type { Database } from './file/sqlite.ts';

export type SnapshotAt = { readonly seq: number; readonly machine: RunSnapshot };

const snapshotRow = z.object({ seq: z.number(), snapshot: z.string() });

/** The last snapshot at or before a seq that this version of the machine can use, or null. */
export const lastSnapshot = (database: Database, runKey: number, seq: number): SnapshotAt | null => {
  for (const snapshot of readSnapshots(database, runKey, 'DESC')) if (snapshot.seq <= seq) return snapshot;
  return null;
};

/** The snapshots of a run that this version of the machine can use, one at a time. */
export function* readSnapshots(database: Database, runKey: number, order: 'ASC' | 'DESC'): Generator<SnapshotAt> {
  if (Number(database.pragma('user_version', { simple: true })) < 4) return;
  const rows = database
    .prepare(`SELECT seq, snapshot FROM run_snapshots WHERE run_key = ? ORDER BY seq ${order}`)
    .iterate(runKey);
  for (const row of rows) {
    const { seq, snapshot } = snapshotRow.parse(row);
    const machine = decodeRunSnapshot(snapshot);
    if (machine !== null) yield { seq, machine };
  }
}
