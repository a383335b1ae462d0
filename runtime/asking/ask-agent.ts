/** An agent started outside of any session, to be asked something, and ended. */
import { type InitializeAnswer, initialize } from '../../actors/agents/acp/initialize.ts';
import { createJsonRpc, rpcErrors } from '../../actors/agents/acp/wire/json-rpc.ts';
import { createLineSplitter } from '../../actors/agents/acp/wire/line-splitter.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { agentEndFailure } from '../../actors/session/failures.ts';
import type { AgentLaunch } from '../agents/find-agent.ts';
import { type DataDirectory, dataDirectoryIdOf } from '../data/data-directory.ts';
import { askedMarkOf } from '../processes/orphans.ts';
import { startAgentProcess } from '../sessions/agent-process.ts';

const answerWithinMs = 20_000;
const maxLineBytes = 32 * 1024 * 1024;

export type AskedAgent = {
  /** What it said of itself. */
  readonly initialized: InitializeAnswer;
  /** Raises `agent.start_failed` for one that is silent for 20 s or ends, and AgentAnsweredError for its refusal. */
  readonly request: (method: string, params: unknown) => Promise<unknown>;
  /** Ends its process group; resolves when it is gone. */
  readonly end: () => Promise<void>;
};

export type AskOptions = {
  readonly launch: AgentLaunch;
  /** Where it is started. */
  readonly folder: string;
  readonly directory: DataDirectory;
  readonly programVersion: string;
};

/** Starts an agent and says hello. What it asks of us is refused. Raises as `request` does, and `agent.protocol`. */
export const askAgent = async (options: AskOptions): Promise<AskedAgent> => {
  const { launch, folder } = options;
  const agentCommand = [launch.command, ...launch.arguments].join(' ').slice(0, 300);
  const splitter = createLineSplitter(maxLineBytes);
  const rpc = createJsonRpc((line) => agent.write(line));
  const agent = startAgentProcess({
    launch,
    folder,
    mark: askedMarkOf(dataDirectoryIdOf(options.directory)),
    onStarted: () => {},
    onStderr: () => {},
    onOutput: (bytes) => {
      for (const line of splitter.push(bytes)) if (line.kind === 'line') receive(line.text);
      agent.giveCredit(bytes.byteLength);
    },
    onEnded: (end) => {
      const { message, hint } = agentEndFailure({ agentCommand, folder }, end, false);
      rpc.close(new ThroughlineError('agent.start_failed', message, hint === undefined ? {} : { hint }));
    },
  });

  const receive = (text: string): void => {
    const incoming = rpc.receive(text);
    if (incoming.kind === 'request')
      rpc.answerError(incoming.id, rpcErrors.methodNotFound, 'nothing is done outside of a session');
  };

  const request: AskedAgent['request'] = async (method, params) => {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const waited = `${agentCommand} did not answer ${method} within ${answerWithinMs / 1_000} s`;
        reject(new ThroughlineError('agent.start_failed', waited));
      }, answerWithinMs);
    });
    try {
      return await Promise.race([rpc.request(method, params), silence]);
    } finally {
      clearTimeout(timer);
    }
  };

  try {
    const asked = { ...rpc, request };
    const initialized = await initialize(asked, options.programVersion, { protocol: 1, onOdd: () => {} });
    return { initialized, request, end: agent.end };
  } catch (thrown) {
    rpc.cancelWaiting();
    await agent.end();
    throw thrown;
  }
};
