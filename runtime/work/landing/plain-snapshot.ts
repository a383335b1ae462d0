/** Snapshots for landings, until all sessions have them: taken as a tree and said in the ledger. */
import { join } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { fact } from '../../../actors/protocol/facts/events.ts';
import { toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import { openWorktree } from '../../git/open-worktree.ts';
import { takeTree } from '../../git/snapshots/take-tree.ts';
import { treeTotals } from '../../git/snapshots/tree-changes.ts';
import type { CommitOptions } from './commit-work.ts';
import { repositoryOf, type TakeSnapshot } from './landing-session.ts';

const maxFileBytes = 50 * 1024 * 1024;

export const plainSnapshot =
  ({
    readers,
    record,
    directory,
    mark,
  }: Pick<CommitOptions, 'readers' | 'record' | 'directory' | 'mark'>): TakeSnapshot =>
  async (id, reason, run) => {
    const session = await readers.handle(id);
    const repository = await repositoryOf(session, mark);
    const worktree = await openWorktree({ repository, path: session.state.worktreePath ?? '' });
    const { snapshots, nextSnapshot } = await readers.work(id);
    const before = snapshots.at(-1);
    const { tree, head, branch, pointers } = await takeTree({
      worktree,
      indexFolder: join(directory.root, 'snapshots', id),
      maxFileBytes,
    });
    if (before !== undefined && before.tree === tree && before.head === head && before.branch === branch) return before;
    const from = before?.tree ?? session.state.baseCommit;
    const totals =
      from === null ? { files: 0, additions: 0, deletions: 0 } : await treeTotals({ repository, from, to: tree });
    const held = pointers.length === 0 ? {} : { pointers: pointers.map((pointer) => ({ ...pointer })) };
    const taken = { snapshot: nextSnapshot, tree, reason, run, head, branch, ...totals, ...held };
    await record(id, fact('snapshot_taken', taken, toTimestamp(Date.now())));
    const last = (await readers.work(id)).snapshots.at(-1);
    if (last !== undefined) return last;
    throw new ThroughlineError('snapshot.failed', 'the snapshot that was taken is not there');
  };
