/**
 * The conversation with one agent process over ACP: takes in its output line by line, opens or takes up the
 * conversation, and speaks turns. It knows nothing of runs and of the log; what it hears goes to its listener.
 */
import type { ThroughlineError } from '../../protocol/facts/error.ts';
import { cancelledRequest } from './cancelled-requests.ts';
import type { Setting } from './config-options.ts';
import { type InitializeAnswer, initialize } from './initialize.ts';
import { isOffered, type Opening, type OpeningOptions, openConversation } from './opening.ts';
import { type PromptAnswer, promptAnswer } from './prompt-answer.ts';
import { type Prompt, promptBlocks } from './prompt-block.ts';
import { sessionUpdate } from './updates.ts';
import { createTranslator } from './version-2/translator.ts';
import { createFirstWords } from './wire/first-words.ts';
import { AgentAnsweredError, createJsonRpc, type Incoming, type JsonRpc, type RequestId } from './wire/json-rpc.ts';
import { createLineSplitter } from './wire/line-splitter.ts';
import { parseAnswer } from './wire/parse-as.ts';
import type { OddPart } from './wire/without-odd-parts.ts';

/** A line longer than this is kept as a note of its beginning. Files and diffs travel in lines, so it is generous. */
const maxLineBytes = 32 * 1024 * 1024;

export type AgentListener = {
  readonly onUpdate: (update: { readonly sessionUpdate: string }, sessionId: string) => void;
  readonly onRequest: (id: RequestId, method: string, params: unknown) => void;
  /** A line that is no message of the protocol, or an answer nobody waits for. */
  readonly onLine: (name: 'unparsed' | 'unexpected' | 'oversize', text: string, bytes?: number) => void;
  readonly onNotification: (method: string, params: unknown) => void;
  /** The agent takes a request of its own back. */
  readonly onCancelled: (id: RequestId) => void;
  /** The agent answered with an error where there is another way to go on. */
  readonly onRefused: (error: AgentAnsweredError) => void;
  /** The name of the agent's agent whose conversation this is; null when none was announced with it. */
  readonly subagentOf: (sessionId: string) => string | null;
  /** Optional parts of an answer that are not as the protocol says: they were left out. */
  readonly onOdd: (method: string, parts: readonly OddPart[]) => void;
  /** An answer came, or, after the first one, any message. */
  readonly onHeard: () => void;
};

/** `protocol` is the newest version that is offered to the agent; what it answers in is spoken. */
export const createAgentConnection = (send: (text: string) => void, listener: AgentListener, protocol: 1 | 2 = 1) => {
  const wire = createJsonRpc(send);
  const translator = protocol === 2 ? createTranslator(wire, listener.onUpdate) : null;
  const rpc: JsonRpc = { ...wire, ...translator?.rpc };
  const splitter = createLineSplitter(maxLineBytes);
  const firstWords = createFirstWords();
  let agent: InitializeAnswer | null = null;
  let agentSessionId: string | null = null;
  let folder = '';

  const dispatch = (incoming: Incoming, line: string): void => {
    if (incoming.kind === 'answer' || (agent !== null && incoming.kind !== 'unparsed')) listener.onHeard();
    switch (incoming.kind) {
      case 'request':
        listener.onRequest(incoming.id, incoming.method, incoming.params);
        return;
      case 'notification': {
        const parsed = incoming.method === 'session/update' ? sessionUpdate.safeParse(incoming.params) : null;
        const cancelled = incoming.method === '$/cancel_request' ? cancelledRequest(incoming.params) : undefined;
        if (parsed?.success) listener.onUpdate(parsed.data.update, parsed.data.sessionId);
        else if (incoming.method === 'session/update') listener.onLine('unparsed', line);
        else if (cancelled !== undefined) listener.onCancelled(cancelled);
        else listener.onNotification(incoming.method, incoming.params);
        return;
      }
      case 'unexpected':
        listener.onLine(incoming.kind, line);
        return;
      case 'unparsed':
        firstWords.notRead(line);
        listener.onLine(incoming.kind, line);
        return;
      case 'answer':
        firstWords.answered();
        return;
    }
  };

  // A line that we stumble over costs that line, never the thread with everybody else's sessions in it.
  const takeIn = (line: string): void => {
    try {
      const incoming = rpc.receive(line);
      if (incoming.kind === 'unparsed' && agent === null) takeInFirst(line);
      else for (const each of translator?.incoming(incoming) ?? [incoming]) dispatch(each, line);
    } catch {
      listener.onLine('unparsed', line);
    }
  };

  /** A line in front of the first answer that is no message: there may be one in it. */
  const takeInFirst = (line: string): void => {
    const found = firstWords.messageIn(line);
    const rest = found === null ? line : found.around;
    if (found === null) firstWords.notRead(line);
    if (rest.trim() !== '') listener.onLine('unparsed', rest);
    if (found !== null) dispatch(rpc.receive(found.message), found.message);
  };

  return {
    /** Says hello. Raises `agent.protocol`. */
    initialize: async (version: string): Promise<InitializeAnswer> => {
      agent = await initialize(rpc, version, { protocol, onOdd: listener.onOdd });
      return agent;
    },

    /** Opens the conversation, by the gentlest way the agent has. */
    open: async (options: OpeningOptions): Promise<Opening> => {
      const opening = await openConversation(rpc, agent, options, listener.onRefused, listener.onOdd);
      agentSessionId = opening.agentSessionId;
      folder = options.worktree ?? options.folder;
      return opening;
    },

    /** Sets one of its options, and gives its answer. Rejects with AgentAnsweredError when it refuses. */
    set: ({ method, parameters }: Setting): Promise<unknown> =>
      rpc.request(method, { sessionId: agentSessionId, ...parameters }),

    /** One turn: resolves when it has ended, with the agent's word for why. */
    prompt: async (prompt: Prompt): Promise<PromptAnswer> => {
      const parameters = { sessionId: agentSessionId, prompt: await promptBlocks(prompt, agent, folder) };
      const answer = await rpc.request('session/prompt', parameters);
      return parseAnswer(promptAnswer, answer, 'session/prompt', listener.onOdd);
    },

    cancel: (): void => {
      if (agentSessionId !== null) rpc.notify('session/cancel', { sessionId: agentSessionId });
    },

    /** Tells the agent that its conversation is not gone on with for now, if it offers to hear that. */
    closeConversation: async (): Promise<void> => {
      if (agentSessionId === null || !isOffered(agent?.agentCapabilities?.sessionCapabilities?.close)) return;
      try {
        await rpc.request('session/close', { sessionId: agentSessionId });
      } catch (thrown) {
        if (thrown instanceof AgentAnsweredError) listener.onRefused(thrown);
      }
    },
    /** Asks something else of the agent: a login, a list. Raises AgentAnsweredError. */
    request: rpc.request,

    /** The method whose answer is waited for, longest first; null when none is. */
    waitsFor: rpc.waitsFor,
    /** Nobody waits for its answers any more: it is told so, before its process is ended. */
    giveUp: rpc.cancelWaiting,
    /** The first lines since the last answer that could not be read. */
    unread: firstWords.unread,

    /** What the agent says it is called; null before it has said so. */
    agentName: (): string | null => agent?.agentInfo?.name ?? null,

    /** What the agent of the agent is called whose conversation this is; null for its own. */
    subagentOf: (sessionId: string | null | undefined): string | null =>
      typeof sessionId !== 'string' || sessionId === agentSessionId ? null : listener.subagentOf(sessionId),

    answer: rpc.answer,
    answerError: rpc.answerError,

    /** Takes in bytes of the agent's output, in order. */
    receive: (bytes: Uint8Array): void => {
      for (const line of splitter.push(bytes)) {
        if (line.kind === 'oversize') listener.onLine('oversize', line.head, line.bytes);
        else takeIn(line.text);
      }
    },

    /** The process is gone: a last line without its end is taken in, and whoever waits gets the error. */
    close: (error: ThroughlineError): void => {
      const line = splitter.finish();
      if (line?.kind === 'line') takeIn(line.text);
      else if (line !== null) listener.onLine('oversize', line.head, line.bytes);
      translator?.close(error);
      rpc.close(error);
    },
  };
};

export type AgentConnection = ReturnType<typeof createAgentConnection>;
