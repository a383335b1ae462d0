import type { SnapshotReason } from './work-events.ts';

const words: Readonly<Record<SnapshotReason, (run: number | null) => string>> = {
  run_start: (run) => `start of run ${run ?? '?'}`,
  run_end: (run) => `end of run ${run ?? '?'}`,
  before_restore: () => 'before files were put back',
  before_commit: () => 'before a commit',
  before_landing: () => 'before landing',
  before_removal: () => 'before the worktree went',
  review: () => 'when you reviewed it',
  asked: () => 'when you asked for it',
};

/**
 * What a snapshot is of.
 * @example
 * occasionOf({ reason: 'run_start', run: 2 }) // => 'start of run 2'
 */
export const occasionOf = ({ reason, run }: { readonly reason: SnapshotReason; readonly run: number | null }): string =>
  words[reason](run);

export const isSnapshotReason = (reason: unknown): reason is SnapshotReason =>
  typeof reason === 'string' && Object.hasOwn(words, reason);
