/**
 * An agent that wants a login before it opens a conversation. Some hold a key already, in their environment, and have to
 * be told to use it: that needs no person, so it is done once, and the opening is tried again.
 */
import { AgentAnsweredError, type JsonRpc } from './wire/json-rpc.ts';

/** The protocol's own code for `auth_required`. */
const authRequired = -32_000;

export const isAuthRequired = (thrown: unknown): boolean =>
  thrown instanceof AgentAnsweredError && thrown.code === authRequired;

export type Login = {
  /** Methods that can be done here without a person; it is done where the agent offers exactly one of them. */
  readonly withoutPerson: readonly string[];
  readonly onAuthenticated: (methodId: string) => void;
};

type Options = {
  readonly rpc: Pick<JsonRpc, 'request'>;
  /** The ids of the methods that the agent offers. */
  readonly offered: readonly string[];
  readonly login: Login | undefined;
  /** The agent refused that method, too. */
  readonly onRefused: (error: AgentAnsweredError) => void;
};

/**
 * Gives a function that asks something of the agent and, when it answers that a login is required, authenticates and asks
 * again; once, whatever is asked. Where that is not possible, it raises the agent's refusal.
 */
export const createAuthentication = ({ rpc, offered, login, onRefused }: Options) => {
  const [methodId, ...others] = offered.filter((id) => login?.withoutPerson.includes(id));
  let isTried = false;

  const authenticate = async (): Promise<boolean> => {
    if (methodId === undefined || others.length > 0 || isTried) return false;
    isTried = true;
    try {
      await rpc.request('authenticate', { methodId });
    } catch (thrown) {
      // What counts for the person is that the agent wants a login.
      if (!(thrown instanceof AgentAnsweredError)) throw thrown;
      onRefused(thrown);
      return false;
    }
    login?.onAuthenticated(methodId);
    return true;
  };

  return async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await ask();
    } catch (thrown) {
      if (isAuthRequired(thrown) && (await authenticate())) return ask();
      throw thrown;
    }
  };
};
