import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { Client } from '../../client/client.ts';
import { changesLine } from '../render/changes-line.ts';

/**
 * What changed in a session's worktree, as a line. Git says so, not the agent: an edit that was denied is none, and one
 * of a shell is one. Null where nobody can say: the session has no worktree of its own, or git cannot look at it.
 */
export const sessionChanges = async (client: Client, id: string): Promise<string | null> => {
  try {
    return changesLine(await client.call('changes', { parameters: { id } }));
  } catch (thrown) {
    if (thrown instanceof ThroughlineError) return null;
    throw thrown;
  }
};
