/** Snapshots in words: what they are called, what made them, what changed until then. Pure. */

import { counted } from '../../actors/protocol/facts/counted.ts';
import { shortCommit } from '../../actors/protocol/facts/short-commit.ts';
import { occasionOf } from '../../actors/protocol/facts/snapshot-occasion.ts';
import type { SnapshotReason } from '../../actors/protocol/facts/work-events.ts';
import type { SessionWork, Snapshot } from '../../actors/protocol/gateway/work.ts';

/** `S3 · start of run 2`. */
export const nameOf = (snapshot: Snapshot): string => `S${snapshot.snapshot} · ${occasionOf(snapshot)}`;

/** `S3, the start of run 2`: within a sentence. */
export const spokenName = (snapshot: Snapshot): string => {
  const isOfRun = snapshot.reason === 'run_start' || snapshot.reason === 'run_end';
  return `S${snapshot.snapshot}, ${isOfRun ? 'the ' : ''}${occasionOf(snapshot)}`;
};

/** What differs from the snapshot before it; who made it so is told only where it is known. */
export const changesWords = (snapshot: Snapshot, previous: Snapshot | undefined): string => {
  if (previous === undefined) {
    const head =
      snapshot.head === null
        ? 'no commit yet'
        : `on ${snapshot.branch ?? 'no branch'} at ${shortCommit(snapshot.head)}`;
    return snapshot.files === 0 ? head : `${head}, ${counted(snapshot.files, 'file')} from its base`;
  }
  if (snapshot.files === 0) return `nothing since S${previous.snapshot}`;
  const since = `${counted(snapshot.files, 'file')} since S${previous.snapshot}`;
  return snapshot.reason === 'run_start' ? `${since}, not by the agent’s steps` : since;
};

/** The snapshots at a run's start and at its end; null while there is none. */
export type RunSpan = { readonly start: Snapshot | null; readonly end: Snapshot | null };

export const spanOfRun = ({ snapshots }: SessionWork, run: number): RunSpan => {
  const of = (reason: SnapshotReason): Snapshot | null =>
    snapshots.findLast((snapshot) => snapshot.run === run && snapshot.reason === reason) ?? null;
  return { start: of('run_start'), end: of('run_end') };
};

/** Whether no run was begun after a snapshot, of a session that has so many: all that was said, was said before it. */
export const isAfterAllRuns = ({ snapshots }: SessionWork, at: Snapshot, runs: number): boolean => {
  const last = snapshots.findLast(({ run, snapshot }) => run !== null && snapshot <= at.snapshot);
  const begun = last?.run ?? 0;
  return (last?.snapshot === at.snapshot && at.reason === 'run_start' ? begun - 1 : begun) >= runs;
};

/** The last run of which something can be undone. */
export const lastRunWithChanges = (work: SessionWork): number | null =>
  work.snapshots.findLast(({ reason, run, files }) => reason === 'run_end' && run !== null && files > 0)?.run ?? null;
