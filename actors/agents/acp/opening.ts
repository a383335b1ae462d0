/** How a conversation is opened: begun, or an earlier one taken up by the gentlest way that the agent has. */
import * as z from 'zod';
import { ThroughlineError } from '../../protocol/facts/error.ts';
import type { OpeningKind } from '../../protocol/facts/events.ts';
import type { ReachedMcpServer } from '../../protocol/threads/session-messages.ts';
import { createAuthentication, type Login } from './authentication.ts';
import type { InitializeAnswer } from './initialize.ts';
import { mcpServersFor } from './mcp-servers.ts';
import { AgentAnsweredError, type JsonRpc } from './wire/json-rpc.ts';
import { parseAnswer } from './wire/parse-as.ts';
import type { OddPart } from './wire/without-odd-parts.ts';

const openedAnswer = z.looseObject({ sessionId: z.string().nullish() }).nullish();
type OpenedAnswer = z.infer<typeof openedAnswer>;

/** How a conversation was opened. `agentSessionId` is the agent's name for it. */
export type Opening = {
  readonly how: OpeningKind;
  readonly agentSessionId: string;
  /** The agent's answer, which may say what can be chosen. */
  readonly said: unknown;
  /** Why an earlier conversation could not be taken up, when it is begun anew. */
  readonly lost: string | null;
  /** What the agent cannot use of what it was to use, in words. */
  readonly leftOut: readonly string[];
};

export type OpeningOptions = {
  readonly folder: string;
  /** What the files of a prompt are named from, where `folder` is a folder in it. */
  readonly worktree?: string;
  readonly agentSessionId: string | null;
  readonly mcpServers: readonly ReachedMcpServer[];
  /** Folders besides `folder` that the agent may work in. */
  readonly additionalDirectories: readonly string[];
  /** Why this agent is never asked to load a conversation, though it says it can; null: it may be. */
  readonly neverLoads: string | null;
  /** The conversation was begun elsewhere: none is begun in its place. */
  readonly mustTakeUp?: boolean;
  /** The conversation is another session's, and goes on: this one begins as a fork of it, or anew where that cannot be. */
  readonly forks?: boolean;
  /** How it is logged in when it asks for that, where no person is needed. */
  readonly login?: Login;
  /** Called around a `session/load` or `session/resume`: what is heard between the two is a replay. */
  readonly onReplay: (phase: 'begins' | 'ends' | 'refused') => void;
};

/**
 * Opens the conversation. What the agent refuses on the way goes to `onRefused`. Raises `agent.unsupported` for one that
 * must be taken up and is not.
 */
export const openConversation = async (
  rpc: JsonRpc,
  agent: InitializeAnswer | null,
  options: OpeningOptions,
  onRefused: (error: AgentAnsweredError) => void,
  onOdd: (method: string, parts: readonly OddPart[]) => void,
): Promise<Opening> => {
  const { told: mcpServers, leftOut: servers } = mcpServersFor(options.mcpServers, agent?.agentCapabilities);
  const takesDirectories = isOffered(agent?.agentCapabilities?.sessionCapabilities?.additionalDirectories);
  const { additionalDirectories } = options;
  const used = {
    mcpServers,
    ...(takesDirectories && additionalDirectories.length > 0 ? { additionalDirectories } : {}),
  };
  const leftOut = [
    ...servers.map((name) => `the agent cannot reach the MCP server ${name} in its way: it is left out`),
    ...(takesDirectories ? [] : additionalDirectories).map(
      (path) => `the agent takes no folder besides its own: ${path}`,
    ),
  ];

  let lost = 'it offers no way to take one up';

  /** The value, or undefined when the agent answered with an error: then there is another way to try. */
  const unlessRefused = async <Value>(answer: Promise<Value>): Promise<{ readonly value: Value } | undefined> => {
    try {
      return { value: await answer };
    } catch (thrown) {
      // Only the agent's own refusal: an agent that is gone stays gone.
      if (!(thrown instanceof AgentAnsweredError)) throw thrown;
      lost = `it refused ${thrown.message}`;
      onRefused(thrown);
      return undefined;
    }
  };

  const authenticated = createAuthentication({
    rpc,
    offered: agent?.authMethods?.map(({ id }) => id) ?? [],
    login: options.login,
    onRefused,
  });

  const ask = async (method: string, parameters: object): Promise<OpenedAnswer> => {
    const answer = await authenticated(() => rpc.request(method, { ...parameters, ...used }));
    return parseAnswer(openedAnswer, answer, method, onOdd);
  };

  const open = async (): Promise<{ how: OpeningKind; id: string; answer: OpenedAnswer }> => {
    const { folder: cwd, agentSessionId: earlier } = options;
    const capabilities = agent?.agentCapabilities;
    if (earlier !== null && options.forks === true) {
      lost = 'this agent forks no conversation';
      const answer = isOffered(capabilities?.sessionCapabilities?.fork)
        ? await unlessRefused(ask('session/fork', { sessionId: earlier, cwd }))
        : undefined;
      if (answer?.value?.sessionId) return { how: 'resumed', id: answer.value.sessionId, answer: answer.value };
    } else if (earlier !== null) {
      if (isOffered(capabilities?.sessionCapabilities?.resume)) {
        // It should replay nothing, but some agents do.
        options.onReplay('begins');
        const answer = await unlessRefused(ask('session/resume', { sessionId: earlier, cwd }));
        options.onReplay(answer === undefined ? 'refused' : 'ends');
        if (answer !== undefined) return { how: 'resumed', id: earlier, answer: answer.value };
      }
      if (options.neverLoads !== null) lost = options.neverLoads;
      else if (capabilities?.loadSession === true) {
        options.onReplay('begins');
        const answer = await unlessRefused(ask('session/load', { sessionId: earlier, cwd }));
        options.onReplay(answer === undefined ? 'refused' : 'ends');
        if (answer !== undefined) return { how: 'loaded', id: earlier, answer: answer.value };
      }
      if (options.mustTakeUp === true) {
        throw new ThroughlineError('agent.unsupported', `the conversation ${earlier} was not taken up: ${lost}`, {
          hint: 'many agents take one up only in the folder where it was had: give that as --repo, with --no-worktree',
        });
      }
    }
    const answer = await ask('session/new', { cwd });
    if (!answer?.sessionId)
      throw new ThroughlineError('agent.protocol', 'session/new was answered without a session id');
    return { how: earlier === null ? 'begun' : 'begun_anew', id: answer.sessionId, answer };
  };

  const { how, id, answer } = await open();
  return { how, agentSessionId: id, said: answer, lost: how === 'begun_anew' ? lost : null, leftOut };
};

/** A capability is an object, or true: agents differ. */
export const isOffered = (capability: unknown): boolean =>
  capability !== undefined && capability !== null && capability !== false;
