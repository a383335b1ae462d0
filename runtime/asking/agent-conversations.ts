/** An agent's own conversations, looked at and deleted without a session: it is started for that, and ended. */

import {
  deleteConversation,
  type KeptConversation,
  listConversations,
} from '../../actors/agents/acp/kept-conversations.ts';
import { isOffered } from '../../actors/agents/acp/opening.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { type AskedAgent, type AskOptions, askAgent } from './ask-agent.ts';

/**
 * The conversations that the agent has, of one folder or all. Raises `agent.unsupported` for an agent that does not list
 * them or refuses to, and what `askAgent` raises.
 */
export const conversationsOf = (
  options: AskOptions,
  folder: string | null,
): Promise<{ readonly conversations: readonly KeptConversation[]; readonly isCut: boolean }> =>
  withAgent(options, async (agent) => {
    mustOffer(options, agent, 'list', 'does not list its conversations');
    return listConversations(agent.request, folder);
  });

/** Deletes one of the agent's conversations. Raises as `conversationsOf` does. */
export const forgetConversation = (options: AskOptions, id: string): Promise<void> =>
  withAgent(options, async (agent) => {
    mustOffer(options, agent, 'delete', 'does not delete conversations');
    await deleteConversation(agent.request, id);
  });

const mustOffer = ({ launch }: AskOptions, agent: AskedAgent, what: 'list' | 'delete', why: string): void => {
  if (isOffered(agent.initialized.agentCapabilities?.sessionCapabilities?.[what])) return;
  throw new ThroughlineError('agent.unsupported', `${launch.name} ${why}`);
};

const withAgent = async <Value>(options: AskOptions, use: (agent: AskedAgent) => Promise<Value>): Promise<Value> => {
  const agent = await askAgent(options);
  try {
    return await use(agent);
  } finally {
    await agent.end();
  }
};
