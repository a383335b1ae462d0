/**
 * The checks of a session as they will be on its branch: in its own worktree, where what they need is (what was built,
 * what was copied). Where the branch has moved on, the files are put to what is to land for as long as they run.
 */
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { RunChecksFor } from '../offered/check-commands.ts';
import type { RunLandingChecks } from './land-session.ts';
import { treeOf } from './landing-session.ts';

/** Puts a session's files to a tree, as a fact and then an effect; `to` is the snapshot that this is, if it is one. */
export type PutTree = (id: SessionId, tree: string, to: number | null) => Promise<void>;

export const checksOnTop =
  (runFor: RunChecksFor, putTree: PutTree): RunLandingChecks =>
  async ({ id, landing, commit, signal }) => {
    const { repository, taken } = landing;
    const tree = await treeOf(repository, commit);
    const run = async () => {
      const { isPassed, failed } = await runFor(id, { why: 'landing', tree, signal });
      return { passed: isPassed, failed };
    };
    if (tree === taken.tree) return run();
    await putTree(id, tree, null);
    try {
      return await run();
    } finally {
      await putTree(id, taken.tree, taken.snapshot);
    }
  };
