/** How a conversation is opened: begun, or an earlier one taken up by the gentlest way that the agent has. */
import * as z from 'zod';
import { ThroughlineError } from '../../protocol/facts/error.ts';
import type { OpeningKind } from '../../protocol/facts/events.ts';
import type { InitializeAnswer } from './initialize.ts';
import { AgentAnsweredError, type JsonRpc } from './wire/json-rpc.ts';
import { parseAnswer } from './wire/parse-as.ts';

const openedAnswer = z.looseObject({ sessionId: z.string().nullish() }).nullish();
type OpenedAnswer = z.infer<typeof openedAnswer>;

/** How a conversation was opened. `agentSessionId` is the agent's name for it. */
export type Opening = {
  readonly how: OpeningKind;
  readonly agentSessionId: string;
  /** The agent's answer, which may say what can be chosen. */
  readonly said: unknown;
};

export type OpeningOptions = {
  readonly folder: string;
  readonly agentSessionId: string | null;
  /** Called around a `session/load`: what is heard between the two is a replay. */
  readonly onReplay: (phase: 'begins' | 'ends' | 'refused') => void;
};

/** Opens the conversation. What the agent refuses on the way goes to `onRefused`. */
export const openConversation = async (
  rpc: JsonRpc,
  agent: InitializeAnswer | null,
  options: OpeningOptions,
  onRefused: (error: AgentAnsweredError) => void,
): Promise<Opening> => {
  /** The value, or undefined when the agent answered with an error: then there is another way to try. */
  const unlessRefused = async <Value>(answer: Promise<Value>): Promise<{ readonly value: Value } | undefined> => {
    try {
      return { value: await answer };
    } catch (thrown) {
      // Only the agent's own refusal: an agent that is gone stays gone.
      if (!(thrown instanceof AgentAnsweredError)) throw thrown;
      onRefused(thrown);
      return undefined;
    }
  };

  const ask = async (method: string, parameters: object): Promise<OpenedAnswer> =>
    parseAnswer(openedAnswer, await rpc.request(method, { ...parameters, mcpServers: [] }), method);

  const open = async (): Promise<{ how: OpeningKind; id: string; answer: OpenedAnswer }> => {
    const { folder: cwd, agentSessionId: earlier } = options;
    const capabilities = agent?.agentCapabilities;
    if (earlier !== null) {
      const canResume = capabilities?.sessionCapabilities?.resume;
      if (canResume !== undefined && canResume !== null && canResume !== false) {
        const answer = await unlessRefused(ask('session/resume', { sessionId: earlier, cwd }));
        if (answer !== undefined) return { how: 'resumed', id: earlier, answer: answer.value };
      }
      if (capabilities?.loadSession === true) {
        options.onReplay('begins');
        const answer = await unlessRefused(ask('session/load', { sessionId: earlier, cwd }));
        options.onReplay(answer === undefined ? 'refused' : 'ends');
        if (answer !== undefined) return { how: 'loaded', id: earlier, answer: answer.value };
      }
    }
    const answer = await ask('session/new', { cwd });
    if (!answer?.sessionId)
      throw new ThroughlineError('agent.protocol', 'session/new was answered without a session id');
    return { how: earlier === null ? 'begun' : 'begun_anew', id: answer.sessionId, answer };
  };

  const { how, id, answer } = await open();
  return { how, agentSessionId: id, said: answer };
};
