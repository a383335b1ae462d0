/** The agent's side of a conversation, as a test words it. */
import type { AgentEnd } from '../../../actors/protocol/threads/session-messages.ts';

/** A JSON-RPC message as it stands on the wire. */
export type Wire = {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
};

/** The agent's process as a test plays it. */
export type StandIn = {
  readonly say: (message: Wire) => void;
  readonly bytes: (bytes: Uint8Array) => void;
  readonly update: (update: { readonly sessionUpdate: string } & Record<string, unknown>) => void;
  readonly ends: (end?: Partial<Extract<AgentEnd, { kind: 'exited' }>>) => void;
};

export type Script = (message: Wire, agent: StandIn) => void;

export const capabilities = (given: { resume?: boolean; load?: boolean } = {}) => ({
  loadSession: given.load ?? true,
  sessionCapabilities: (given.resume ?? true) ? { resume: {} } : {},
});

export type ScriptOptions = {
  readonly initialize?: unknown;
  readonly opened?: unknown;
  /** What it does with a message that it does not answer by itself; true when it took it. */
  readonly on?: (message: Wire, agent: StandIn) => boolean;
};

/** An agent that opens a conversation at once, and leaves turns to the test. */
export const agentThat = (given: ScriptOptions = {}): Script => {
  const opened = given.opened ?? { sessionId: 'conversation-1' };
  return (message, agent) => {
    if (given.on?.(message, agent) === true || message.id === undefined) return;
    switch (message.method) {
      case 'initialize':
        agent.say({
          id: message.id,
          result: given.initialize ?? { protocolVersion: 1, agentCapabilities: capabilities() },
        });
        return;
      case 'session/new':
      case 'session/resume':
      case 'session/load':
        agent.say({ id: message.id, result: opened });
        return;
      case 'session/set_mode':
      case 'session/set_config_option':
        agent.say({ id: message.id, result: {} });
        return;
      default:
        return;
    }
  };
};
