/**
 * The conversation with one agent process over ACP: takes in its output line by line, opens or takes up the
 * conversation, and speaks turns. It knows nothing of runs and of the log; what it hears goes to its listener.
 */
import { ThroughlineError } from '../../protocol/facts/error.ts';
import { AgentAnsweredError, createJsonRpc, type Incoming, type RequestId } from './json-rpc.ts';
import { createLineSplitter } from './line-splitter.ts';
import { parseAs } from './parse-as.ts';
import {
  type InitializeAnswer,
  initializeAnswer,
  type OpenedAnswer,
  openedAnswer,
  type PromptAnswer,
  promptAnswer,
  sessionUpdate,
} from './schemas.ts';

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

/** How a conversation was opened. `agentSessionId` is the agent's name for it. */
export type Opening = {
  readonly how: 'begun' | 'resumed' | 'loaded' | 'begun_anew';
  readonly agentSessionId: string;
  readonly mode: string | null;
};

export type OpeningOptions = {
  readonly folder: string;
  readonly agentSessionId: string | null;
  readonly mode: string | null;
  /** Called around a `session/load`: what is heard between the two is a replay. */
  readonly onReplay: (phase: 'begins' | 'ends' | 'refused') => void;
};

export const createAgentConnection = (send: (text: string) => void, listener: AgentListener) => {
  const rpc = createJsonRpc(send);
  const splitter = createLineSplitter(maxLineBytes);
  let agent: InitializeAnswer | null = null;
  let agentSessionId: string | null = null;

  const dispatch = (incoming: Incoming, line: string): void => {
    switch (incoming.kind) {
      case 'request':
        listener.onRequest(incoming.id, incoming.method, incoming.params);
        return;
      case 'notification': {
        const parsed = incoming.method === 'session/update' ? sessionUpdate.safeParse(incoming.params) : null;
        if (parsed?.success) listener.onUpdate(parsed.data.update);
        else if (incoming.method === 'session/update') listener.onLine('unparsed', line);
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

  const initialize = async (version: string): Promise<InitializeAnswer> => {
    const answer = await rpc.request('initialize', {
      protocolVersion: 1,
      clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: true },
      clientInfo: { name: 'throughline', title: 'Throughline', version },
    });
    agent = parseAnswer(initializeAnswer, answer, 'initialize');
    if (agent.protocolVersion !== 1) {
      throw new ThroughlineError(
        'agent.protocol',
        `the agent speaks version ${agent.protocolVersion} of the protocol`,
        {
          hint: 'Throughline speaks version 1',
        },
      );
    }
    return agent;
  };

  const begin = async (folder: string): Promise<OpenedAnswer> =>
    parseAnswer(openedAnswer, await rpc.request('session/new', { cwd: folder, mcpServers: [] }), 'session/new');

  const takeUp = async (
    method: 'session/resume' | 'session/load',
    sessionId: string,
    folder: string,
  ): Promise<OpenedAnswer> =>
    parseAnswer(openedAnswer, await rpc.request(method, { sessionId, cwd: folder, mcpServers: [] }), method);

  /** The value, or undefined when the agent answered with an error: then there is another way to try. */
  const unlessRefused = async <Value>(answer: Promise<Value>): Promise<{ readonly value: Value } | undefined> => {
    try {
      return { value: await answer };
    } catch (thrown) {
      // Only the agent's own refusal: an agent that is gone stays gone.
      if (!(thrown instanceof AgentAnsweredError)) throw thrown;
      listener.onRefused(thrown);
      return undefined;
    }
  };

  const open = async (options: OpeningOptions): Promise<{ how: Opening['how']; id: string; answer: OpenedAnswer }> => {
    const { folder, agentSessionId: earlier } = options;
    const capabilities = agent?.agentCapabilities;
    if (earlier !== null) {
      const canResume = capabilities?.sessionCapabilities?.resume;
      if (canResume !== undefined && canResume !== null && canResume !== false) {
        const answer = await unlessRefused(takeUp('session/resume', earlier, folder));
        if (answer !== undefined) return { how: 'resumed', id: earlier, answer: answer.value };
      }
      if (capabilities?.loadSession === true) {
        options.onReplay('begins');
        const answer = await unlessRefused(takeUp('session/load', earlier, folder));
        options.onReplay(answer === undefined ? 'refused' : 'ends');
        if (answer !== undefined) return { how: 'loaded', id: earlier, answer: answer.value };
      }
    }
    const answer = await begin(folder);
    if (!answer?.sessionId)
      throw new ThroughlineError('agent.protocol', 'session/new was answered without a session id');
    return { how: earlier === null ? 'begun' : 'begun_anew', id: answer.sessionId, answer };
  };

  return {
    initialize,

    /** Opens the conversation, by the gentlest way the agent has, and sets its mode if it is another. */
    open: async (options: OpeningOptions): Promise<Opening> => {
      const { how, id, answer } = await open(options);
      agentSessionId = id;
      const setting = modeSetting(answer, options.mode);
      // An agent that does not let its mode be set is still worth talking to.
      const isSet =
        setting !== null &&
        (await unlessRefused(rpc.request(setting.method, { sessionId: id, ...setting.parameters }))) !== undefined;
      return { how, agentSessionId: id, mode: isSet ? options.mode : currentMode(answer) };
    },

    /** One turn: resolves when it has ended, with the agent's word for why. */
    prompt: async (text: string): Promise<PromptAnswer> => {
      const parameters = { sessionId: agentSessionId, prompt: [{ type: 'text', text }] };
      return parseAnswer(promptAnswer, await rpc.request('session/prompt', parameters), 'session/prompt');
    },

    cancel: (): void => {
      if (agentSessionId !== null) rpc.notify('session/cancel', { sessionId: agentSessionId });
    },

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

const parseAnswer = <Value>(schema: Parameters<typeof parseAs<Value>>[0], answer: unknown, method: string): Value =>
  parseAs(schema, answer, `the agent's answer to ${method} is`, 'agent.protocol');

const modeOption = (answer: OpenedAnswer) => answer?.configOptions?.find((option) => option.category === 'mode');

const currentMode = (answer: OpenedAnswer): string | null => {
  const configured = modeOption(answer)?.currentValue;
  return answer?.modes?.currentModeId ?? (typeof configured === 'string' ? configured : null);
};

/** How to set a mode in this agent; null when it is set already, or the agent does not have it. */
const modeSetting = (
  answer: OpenedAnswer,
  mode: string | null,
): { readonly method: string; readonly parameters: Readonly<Record<string, unknown>> } | null => {
  if (mode === null || currentMode(answer) === mode) return null;
  if (answer?.modes?.availableModes.some((available) => available.id === mode)) {
    return { method: 'session/set_mode', parameters: { modeId: mode } };
  }
  const option = modeOption(answer);
  return option?.options?.some((available) => available.value === mode)
    ? { method: 'session/set_config_option', parameters: { configId: option.id, value: mode } }
    : null;
};
