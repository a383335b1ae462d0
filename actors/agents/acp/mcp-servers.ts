/** Servers of the Model Context Protocol, as an agent is told of them when its conversation is opened. */
import type { ReachedMcpServer } from '../../protocol/threads/session-messages.ts';
import type { InitializeAnswer } from './initialize.ts';

type Capabilities = NonNullable<InitializeAnswer['agentCapabilities']>;

/** Those that the agent can reach, in the protocol's shape, and the names of the others. */
export const mcpServersFor = (
  servers: readonly ReachedMcpServer[],
  capabilities: Capabilities | null | undefined,
): { readonly told: readonly object[]; readonly leftOut: readonly string[] } => {
  const can = capabilities?.mcpCapabilities;
  // Every agent has to be able to start one; the other ways are its choice.
  const isReached = ({ type }: ReachedMcpServer): boolean => type === 'stdio' || can?.[type] === true;
  return {
    told: servers.filter(isReached).map((server) => {
      if (server.type !== 'stdio') return server;
      // The protocol knows this kind by its having none.
      const { type: _, ...shape } = server;
      return shape;
    }),
    leftOut: servers.filter((server) => !isReached(server)).map(({ name }) => name),
  };
};
