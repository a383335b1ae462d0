/** A session that is removed with the person's word for it takes the agent's own conversation with it. */
import { homedir } from 'node:os';
import { asThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import type { AgentLaunch } from '../agents/find-agent.ts';
import type { DataDirectory } from '../data/data-directory.ts';
import type { Log } from '../data/log.ts';
import { forgetConversation } from './agent-conversations.ts';

export type Forgotten = { readonly deleted: boolean; readonly why: string | null };

export type ForgetOptions = {
  readonly find: (agent: string) => AgentLaunch;
  readonly directory: DataDirectory;
  readonly programVersion: string;
  readonly log: Log;
};

/** Gives a function that deletes a session's conversation in its agent. It never raises: the removal goes on without. */
export const createForget =
  ({ find, directory, programVersion, log }: ForgetOptions) =>
  async ({ id, state }: Pick<SessionHandle, 'id' | 'state'>): Promise<Forgotten> => {
    const { agent, agentSessionId } = state;
    if (agentSessionId === null) return { deleted: false, why: 'its agent has no conversation of it' };
    try {
      // Its own folder is gone by now.
      const options = {
        launch: find(agent),
        folder: homedir(),
        directory,
        programVersion,
        leavesSignals: true,
      } as const;
      await forgetConversation(options, agentSessionId);
      return { deleted: true, why: null };
    } catch (thrown) {
      const error = asThroughlineError(thrown);
      log.warn('the conversation of a removed session is still with its agent', { session: id, error });
      return { deleted: false, why: error.message };
    }
  };
