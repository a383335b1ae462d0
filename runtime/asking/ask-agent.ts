/**
 * An agent spoken with outside of any session: its process, the protocol with it, and an end that leaves nothing behind,
 * whatever ends us. It gets no files and no terminals, and is allowed nothing.
 */
import { constants } from 'node:os';
import {
  type AgentConnection,
  type AgentListener,
  createAgentConnection,
} from '../../actors/agents/acp/agent-connection.ts';
import { isAuthRequired } from '../../actors/agents/acp/authentication.ts';
import type { InitializeAnswer } from '../../actors/agents/acp/initialize.ts';
import type { Opening } from '../../actors/agents/acp/opening.ts';
import type { PromptAnswer } from '../../actors/agents/acp/prompt-answer.ts';
import { AgentAnsweredError, rpcErrors } from '../../actors/agents/acp/wire/json-rpc.ts';
import type { KnownAgent } from '../../actors/agents/known/known-agent.ts';
import { knownAgent, loginsWithoutPerson } from '../../actors/agents/known/known-agents.ts';
import { causeOf } from '../../actors/agents/signs/error-cause.ts';
import { createDeferred } from '../../actors/protocol/facts/deferred.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { agentEndFailure, shellWord, silenceText, startFailure } from '../../actors/session/failures.ts';
import { createPatience } from '../../actors/session/patience.ts';
import type { Timers } from '../../actors/session/run-in-progress.ts';
import type { AgentLaunch } from '../agents/find-agent.ts';
import { type DataDirectory, dataDirectoryIdOf } from '../data/data-directory.ts';
import { askedMarkOf, createEndMarked } from '../processes/orphans.ts';
import { signalGroup } from '../processes/process-group.ts';
import { startAgentProcess } from '../sessions/agent-process.ts';

export type AskOptions = {
  readonly launch: AgentLaunch;
  /** Where it works. */
  readonly folder: string;
  readonly directory: DataDirectory;
  readonly programVersion: string;
  /** How long it may say nothing while it is waited for. */
  readonly silenceMs?: number;
  /** What it tells of a turn. */
  readonly onUpdate?: AgentListener['onUpdate'];
  /** What it says on stderr, as it says it. */
  readonly onStderr?: (text: string) => void;
  /** Set where whoever asks ends in order by itself: a signal is then not ours to end the program at. */
  readonly leavesSignals?: true;
};

export type AskedAgent = {
  readonly initialized: InitializeAnswer;
  /** Which of the tried agents it is. */
  readonly known: KnownAgent | null;
  /** Asks it something. `silenceMs` is how long this one answer may take. Raises `agent.…`. */
  readonly request: (method: string, params: object, silenceMs?: number) => Promise<unknown>;
  /** Opens a conversation, or takes an earlier one up; logs it in on the way where that needs no person. */
  readonly open: (agentSessionId: string | null) => Promise<Opening>;
  readonly prompt: (text: string, silenceMs?: number) => Promise<PromptAnswer>;
  readonly cancel: () => void;
  /** Ends its process and whatever that has started. Idempotent. */
  readonly end: () => Promise<void>;
};

const defaultSilenceMs = 20_000;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Starts an agent and says hello. Raises `agent.start_failed` with its last words, `agent.protocol`, and `agent.exited`;
 * nothing of it runs then.
 */
export const askAgent = async (options: AskOptions): Promise<AskedAgent> => {
  const { launch, folder, silenceMs: usualSilenceMs = defaultSilenceMs } = options;
  const task = { agent: launch.name, agentCommand: [launch.command, ...launch.arguments].join(' '), folder };
  const mark = askedMarkOf(dataDirectoryIdOf(options.directory));
  const gone = createDeferred<never>();
  gone.promise.catch(() => {});
  let heard = (): void => {};
  let isInitialized = false;

  const connection: AgentConnection = createAgentConnection(
    (text) => process_.write(text),
    {
      onUpdate: (update, sessionId) => {
        heard();
        options.onUpdate?.(update, sessionId);
      },
      onRequest: (id, method) => {
        // A person who looks on is no person who was asked.
        if (method === 'session/request_permission') connection.answer(id, { outcome: { outcome: 'cancelled' } });
        else connection.answerError(id, rpcErrors.methodNotFound, `${method} is not offered here`);
      },
      onLine: () => {},
      onNotification: () => {},
      onRefused: () => {},
      onCancelled: () => {},
      subagentOf: () => null,
      onOdd: () => {},
      onHeard: () => heard(),
    },
    launch.protocol,
  );

  const process_ = startAgentProcess({
    launch,
    folder,
    mark,
    onStarted: () => {},
    onStderr: (text) => options.onStderr?.(text),
    onOutput: (bytes) => {
      connection.receive(bytes);
      process_.giveCredit(bytes.byteLength);
    },
    onEnded: (how) => {
      const { message, code } = agentEndFailure(task, how, isInitialized);
      const error = new ThroughlineError(code === 'agent.exited' ? code : 'agent.start_failed', message);
      connection.close(error);
      gone.reject(error);
    },
  });

  // It is in a process group of its own, so what ends us does not end it.
  const kill = (): void => {
    const pid = process_.pid();
    if (pid !== null) signalGroup(pid, 'SIGKILL');
  };
  const onSignal = (signal: (typeof signals)[number]): void => {
    kill();
    process.exit(128 + constants.signals[signal]);
  };
  process.on('exit', kill);
  if (!options.leavesSignals) for (const signal of signals) process.on(signal, onSignal);

  let ending: Promise<void> | null = null;
  const end = (): Promise<void> => {
    ending ??= (async () => {
      await process_.end();
      await createEndMarked()(mark);
      process.off('exit', kill);
      for (const signal of signals) process.off(signal, onSignal);
    })();
    return ending;
  };

  /** Waits for an answer, as long as the agent is not silent. */
  const patiently = async <Answer>(asked: () => Promise<Answer>, silenceMs = usualSilenceMs): Promise<Answer> => {
    const silent = createDeferred<never>();
    const patience = createPatience(timers, silenceMs, () => {
      const why = silenceText(silenceMs, connection.waitsFor(), connection.unread());
      silent.reject(new ThroughlineError('agent.start_failed', startFailure(task, why, '').message));
    });
    heard = patience.heard;
    try {
      return await Promise.race([asked(), silent.promise, gone.promise]);
    } catch (thrown) {
      throw thrown instanceof AgentAnsweredError ? refused(thrown, launch.name) : thrown;
    } finally {
      patience.end();
    }
  };

  try {
    const initialized = await patiently(() => connection.initialize(options.programVersion));
    isInitialized = true;
    const known = knownAgent({ name: initialized.agentInfo?.name ?? null, command: task.agentCommand });
    return {
      initialized,
      known,
      request: (method, params, silenceMs) => patiently(() => connection.request(method, params), silenceMs),
      open: (agentSessionId) =>
        patiently(() =>
          connection.open({
            folder,
            agentSessionId,
            mcpServers: [],
            additionalDirectories: [],
            neverLoads: known?.neverLoads ?? null,
            login: {
              withoutPerson: loginsWithoutPerson(known, Object.keys(launch.environment)),
              onAuthenticated: () => {},
            },
            onReplay: () => {},
          }),
        ),
      prompt: (text, silenceMs) => patiently(() => connection.prompt({ texts: [text], parts: [] }), silenceMs),
      cancel: connection.cancel,
      end,
    };
  } catch (thrown) {
    await end();
    throw thrown;
  }
};

const timers: Timers = {
  setTimeout,
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/** What the agent answered with, as one of our errors. */
const refused = (error: AgentAnsweredError, name: string): ThroughlineError =>
  isAuthRequired(error)
    ? new ThroughlineError('agent.not_logged_in', `${name} is not logged in: ${causeOf(error)}`, {
        hint: `throughline login ${shellWord(name)}`,
        cause: error,
      })
    : new ThroughlineError('agent.refused', `${name} refused ${error.method}: ${causeOf(error)}`, { cause: error });
