/**
 * The conversation with one agent process over ACP: takes in its output line by line, opens or takes up the
 * conversation, and speaks turns. It knows nothing of runs and of the log; what it hears goes to its listener.
 */
import type { ThroughlineError } from '../../protocol/facts/error.ts';
import { type InitializeAnswer, initialize } from './initialize.ts';
import { type Opening, type OpeningOptions, openConversation } from './opening.ts';
import { type PromptAnswer, promptAnswer } from './prompt-answer.ts';
import { createSubagents } from './subagents.ts';
import { sessionUpdate } from './updates.ts';
import { type AgentAnsweredError, createJsonRpc, type Incoming, type RequestId } from './wire/json-rpc.ts';
import { createLineSplitter } from './wire/line-splitter.ts';
import { parseAnswer } from './wire/parse-as.ts';

/** A line longer than this is kept as a note of its beginning. Files and diffs travel in lines, so it is generous. */
const maxLineBytes = 32 * 1024 * 1024;

export type AgentListener = {
  readonly onUpdate: (update: { readonly sessionUpdate: string }) => void;
  readonly onRequest: (id: RequestId, method: string, params: unknown) => void;
  /** A line that is no message of the protocol, or an answer nobody waits for. */
  readonly onLine: (name: 'unparsed' | 'unexpected' | 'oversize', text: string, bytes?: number) => void;
  readonly onNotification: (method: string, params: unknown) => void;
  /** The agent answered with an error where there is another way to go on. */
  readonly onRefused: (error: AgentAnsweredError) => void;
};

export const createAgentConnection = (send: (text: string) => void, listener: AgentListener) => {
  const rpc = createJsonRpc(send);
  const splitter = createLineSplitter(maxLineBytes);
  let agent: InitializeAnswer | null = null;
  let agentSessionId: string | null = null;
  const subagents = createSubagents();

  const dispatch = (incoming: Incoming, line: string): void => {
    switch (incoming.kind) {
      case 'request':
        listener.onRequest(incoming.id, incoming.method, incoming.params);
        return;
      case 'notification': {
        const parsed = incoming.method === 'session/update' ? sessionUpdate.safeParse(incoming.params) : null;
        if (parsed?.success) {
          if (parsed.data.update.sessionUpdate === 'subagent_update') subagents.hear(parsed.data.update);
          listener.onUpdate(parsed.data.update);
        } else if (incoming.method === 'session/update') listener.onLine('unparsed', line);
        else listener.onNotification(incoming.method, incoming.params);
        return;
      }
      case 'unexpected':
      case 'unparsed':
        listener.onLine(incoming.kind, line);
        return;
      case 'answer':
        return;
    }
  };

  // A line that we stumble over costs that line, never the thread with everybody else's sessions in it.
  const takeIn = (line: string): void => {
    try {
      dispatch(rpc.receive(line), line);
    } catch {
      listener.onLine('unparsed', line);
    }
  };

  return {
    /** Says hello. Raises `agent.protocol`. */
    initialize: async (version: string): Promise<InitializeAnswer> => {
      agent = await initialize(rpc, version);
      return agent;
    },

    /** Opens the conversation, by the gentlest way the agent has, and sets its mode if it is another. */
    open: async (options: OpeningOptions): Promise<Opening> => {
      const opening = await openConversation(rpc, agent, options, listener.onRefused);
      agentSessionId = opening.agentSessionId;
      return opening;
    },

    /** One turn: resolves when it has ended, with the agent's word for why. */
    prompt: async (text: string): Promise<PromptAnswer> => {
      const parameters = { sessionId: agentSessionId, prompt: [{ type: 'text', text }] };
      return parseAnswer(promptAnswer, await rpc.request('session/prompt', parameters), 'session/prompt');
    },

    cancel: (): void => {
      if (agentSessionId !== null) rpc.notify('session/cancel', { sessionId: agentSessionId });
    },

    /** What the agent says it is called; null before it has said so. */
    agentName: (): string | null => agent?.agentInfo?.name ?? null,

    /** What the agent of the agent is called whose conversation this is; null for its own. */
    subagentOf: (sessionId: string | null | undefined): string | null =>
      sessionId === agentSessionId ? null : subagents.nameOf(sessionId),

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
      rpc.close(error);
    },
  };
};

export type AgentConnection = ReturnType<typeof createAgentConnection>;
