/**
 * A session's agent from the asking for its process to its end: started for a run, its conversation opened, used again
 * for the next run, ended. There is one process at a time: the next is started when the one before is gone.
 */

import { type AgentConnection, createAgentConnection } from '../agents/acp/agent-connection.ts';
import { createHearing, type Hearing } from '../agents/acp/hearing.ts';
import type { KnownItems } from '../agents/acp/replay-filter.ts';
import type { RequestId } from '../agents/acp/wire/json-rpc.ts';
import { knownAgent } from '../agents/known/known-agents.ts';
import { runFailed, runInterrupted, turnEnded } from '../model/run/decide.ts';
import { jsonOf } from '../model/run/stored-text.ts';
import { createDeferred, type Deferred } from '../protocol/facts/deferred.ts';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { fact } from '../protocol/facts/events.ts';
import type { Timestamp } from '../protocol/facts/ids.ts';
import type { AgentEnd, FromSession, SessionTask } from '../protocol/threads/session-messages.ts';
import { agentEndFailure, failureOf, startFailure } from './failures.ts';
import type { HostRequests } from './host-requests.ts';
import type { Run, Timers } from './run-in-progress.ts';

export type AgentLifecycleOptions = {
  readonly task: Omit<SessionTask, 'port'>;
  readonly send: (message: FromSession) => void;
  readonly clock: () => Timestamp;
  readonly timers: Timers;
  readonly programVersion: string;
  readonly host: HostRequests;
  /** The run under way, or the last: what the agent says belongs to it. */
  readonly run: () => Run | null;
  /** Looks after work that goes on by itself, should it raise anything. */
  readonly follow: (work: Promise<unknown>) => void;
  /** Whether somebody knows what to do with a notification that is no update. */
  readonly onNotification: (method: string, params: unknown) => boolean;
  readonly onRequest: (connection: AgentConnection, id: RequestId, method: string, params: unknown) => void;
};

type Process = { readonly pid: number; readonly startedAt: string };

type Agent = {
  readonly connection: AgentConnection;
  readonly hearing: Hearing;
  readonly started: Deferred<Process>;
  readonly gone: Deferred<void>;
  /** The run it works for, or worked for last: its end is the end of that one and of no other. */
  run: Run;
  /** Null until the process has been started. */
  process: Process | null;
  /** Whether its conversation is open. */
  isOpen: boolean;
  /** Whether it was told to end. */
  isEnding: boolean;
  /**
   * Whether a run took it over from the one before and has not heard of it since: it may be dead already, and the news
   * of it on its way.
   */
  isTakenOnTrust: boolean;
  /** The prompt of its run, once that is durable: spoken when the conversation is open. */
  prompt: string | null;
  /** The turn that is being spoken. */
  turn: Promise<void>;
};

export const createAgentLifecycle = (options: AgentLifecycleOptions) => {
  const { task, send, clock, timers } = options;
  const deadlines = new Set<unknown>();
  let agent: Agent | null = null;
  let agentSessionId = task.agentSessionId;
  let mode = task.mode;
  let stopped = false;

  /** Gets an agent ready for a run, which is then running, or has failed. */
  const prepare = async (run: Run): Promise<void> => {
    // An interrupt was quicker.
    if (run.status() !== 'starting') return;
    await withinDeadline(run, async () => {
      if (agent?.isEnding) await agent.gone.promise;
      if (run.status() !== 'starting' || stopped) return;
      if (agent?.isOpen && agent.process !== null) {
        agent.run = run;
        agent.isTakenOnTrust = true;
        agent.prompt = null;
        noteProcess(run, agent.process);
      } else await start(run);
      if (run.status() === 'starting') run.record(fact('status', { status: 'running' }, clock()));
    });
  };

  /** The run had taken over an agent that was dead already: its prompt, if it is durable by now, goes to another. */
  const startAnother = (run: Run, prompt: string | null): Promise<void> =>
    withinDeadline(run, async () => {
      const another = await start(run, prompt);
      if (another.prompt !== null) speak(another, another.prompt);
    });

  /** Does what gets an agent started; when that fails or takes too long, the run has failed. */
  const withinDeadline = async (run: Run, work: () => Promise<void>): Promise<void> => {
    const deadline = timers.setTimeout(() => {
      const seconds = Math.round(task.limits.startDeadlineMs / 1000);
      run.recordAll(runFailed(run.ahead(), startFailure(task, `it did not begin within ${seconds} s`, ''), clock()));
      end();
    }, task.limits.startDeadlineMs);
    deadlines.add(deadline);
    try {
      await work();
    } catch (thrown) {
      // An agent that ended by itself was reported with its exit; this is the rest.
      if (isAgentGone(thrown)) return;
      run.recordAll(runFailed(run.ahead(), failureOf(thrown, task), clock()));
      end();
    } finally {
      timers.clearTimeout(deadline);
      deadlines.delete(deadline);
    }
  };

  // Every run says which process worked on it, be it a new one or the last run's.
  const noteProcess = (run: Run, process: Process): void =>
    run.transcript.note('agent_started', { ...process, command: task.agentCommand.slice(0, 500) });

  const start = async (run: Run, prompt: string | null = null): Promise<Agent> => {
    const starting = createAgent(run, prompt);
    agent = starting;
    send({ kind: 'start_agent' });
    starting.process = await starting.started.promise;
    // Before anything else of it, so that a crash from here on leaves its pid in the log.
    noteProcess(run, starting.process);
    if (starting.isEnding) throw agentGone('the agent was told to end before it had begun');
    const told = agentSessionId === null ? null : await knownItems();
    const identity = await starting.connection.initialize(options.programVersion);
    const opening = await starting.connection.open({
      folder: task.folder,
      agentSessionId,
      mode,
      onReplay: (phase) => {
        if (phase === 'begins') starting.hearing.replayBegins(told);
        else if (phase === 'ends') starting.hearing.replayEnds();
        else starting.hearing.replayRefused();
      },
    });
    if (opening.agentSessionId !== agentSessionId) {
      agentSessionId = opening.agentSessionId;
      send({ kind: 'ledger', fact: fact('agent_session_learnt', { agentSessionId }, clock()) });
    }
    const { name, version } = identity.agentInfo ?? { name: null, version: null };
    const known = knownAgent({ name, command: task.agentCommand });
    run.transcript.say('conversation', {
      how: opening.how,
      agent: name,
      version: version ?? null,
      mode: opening.mode,
      protocol: identity.protocolVersion,
      asks: known?.asksIn === 'never' ? false : null,
    });
    starting.isOpen = true;
    return starting;
  };

  const createAgent = (run: Run, prompt: string | null): Agent => {
    const transcript = () => options.run()?.transcript ?? null;
    const hearing = createHearing({
      transcript,
      clock,
      maxStoredTextBytes: task.limits.maxStoredTextBytes,
      onMode: (next) => {
        if (next === mode) return;
        mode = next;
        send({ kind: 'ledger', fact: fact('agent_mode_learnt', { mode }, clock()) });
      },
    });
    const connection: AgentConnection = createAgentConnection((text) => send({ kind: 'agent_input', text }), {
      onUpdate: hearing.update,
      onRequest: (id, method, params) => options.onRequest(connection, id, method, params),
      onLine: (name, text, bytes) => transcript()?.line(name, text, bytes),
      onNotification: (method, params) => {
        if (options.onNotification(method, params)) return;
        transcript()?.note('unknown_notification', { method: method.slice(0, 200), params: shorten(params) });
      },
      onRefused: ({ code, message }) => transcript()?.note('agent_refused', { code, message: message.slice(0, 500) }),
    });
    return {
      connection,
      hearing,
      started: settled(),
      gone: settled(),
      run,
      process: null,
      isOpen: false,
      isEnding: false,
      isTakenOnTrust: false,
      prompt,
      turn: Promise.resolve(),
    };
  };

  const knownItems = async (): Promise<KnownItems | null> => {
    const reply = await options.host.ask({ kind: 'known_items' });
    if (reply.kind !== 'known_items') return null;
    const { messageIds, thoughtIds, toolCallIds } = reply;
    return { messageIds: new Set(messageIds), thoughtIds: new Set(thoughtIds), toolCallIds: new Set(toolCallIds) };
  };

  const speak = (speaking: Agent, prompt: string): void => {
    speaking.hearing.turnBegins();
    speaking.run.beginTurn();
    speaking.turn = turnOf(speaking, speaking.run, prompt);
    options.follow(speaking.turn);
  };

  const turnOf = async (speaking: Agent, run: Run, prompt: string): Promise<void> => {
    try {
      const { stopReason, usage } = await speaking.connection.prompt(prompt);
      if (usage) {
        const { inputTokens, outputTokens, totalTokens } = usage;
        run.transcript.say('usage', {
          ...(typeof inputTokens === 'number' ? { inputTokens } : {}),
          ...(typeof outputTokens === 'number' ? { outputTokens } : {}),
          ...(typeof totalTokens === 'number' ? { totalTokens } : {}),
        });
      }
      run.recordAll(turnEnded(run.ahead(), stopReason, clock()));
    } catch (thrown) {
      if (!isAgentGone(thrown)) run.recordAll(runFailed(run.ahead(), failureOf(thrown, task), clock()));
    }
  };

  const end = (): void => {
    if (agent === null || agent.isEnding) return;
    agent.isEnding = true;
    send({ kind: 'end_agent' });
  };

  const terminate = (run: Run): void => {
    if (agent?.run === run) {
      end();
      // With its process gone the run ends by itself; without one nobody else would end it.
      if (agent.process !== null) return;
    }
    run.recordAll(runInterrupted(run.ahead(), null, clock()));
  };

  return {
    prepare,
    terminate,

    /** The prompt is durable: the agent gets it. */
    sendPrompt: (prompt: string): void => {
      if (agent === null) return;
      agent.prompt = prompt;
      if (agent.isOpen) speak(agent, prompt);
    },

    /** Asks the agent to cancel its turn; one that has not begun its turn is ended. */
    cancelTurn: (run: Run): void => {
      if (run.turnBegan() && agent?.run === run && agent.isOpen) agent.connection.cancel();
      else terminate(run);
    },

    started: (process: Process): void => agent?.started.resolve(process),

    output: (bytes: Uint8Array): void => {
      if (agent === null) return;
      agent.isTakenOnTrust = false;
      agent.connection.receive(bytes);
    },

    ended: (how: AgentEnd): void => {
      if (agent === null) return;
      const { connection, gone, isTakenOnTrust, prompt, run, started, turn } = agent;
      agent = null;
      const failure = agentEndFailure(task, how, run.turnBegan());
      const error = agentGone(failure.message);
      started.reject(error);
      // First what it said last, be it the end of its turn, then that it is gone.
      connection.close(error);
      if (isTakenOnTrust && run.status() === 'running' && !stopped) {
        gone.resolve();
        options.follow(startAnother(run, prompt));
        return;
      }
      options.follow(
        turn.then(() => {
          run.recordAll(runFailed(run.ahead(), failure, clock()));
          gone.resolve();
        }),
      );
    },

    end,

    /** The actor ends: nothing is waited for any more. Whoever started the process ends it. */
    stop: (): void => {
      stopped = true;
      for (const deadline of deadlines) timers.clearTimeout(deadline);
      deadlines.clear();
    },
  };
};

const settled = <Value>(): Deferred<Value> => {
  const deferred = createDeferred<Value>();
  // Whoever waits hears of it; if nobody does, it is no one's failure.
  deferred.promise.catch(() => {});
  return deferred;
};

const agentGone = (message: string): ThroughlineError => new ThroughlineError('agent.exited', message);

const isAgentGone = (thrown: unknown): boolean => thrown instanceof ThroughlineError && thrown.code === 'agent.exited';

const shorten = (value: unknown): string => (jsonOf(value) ?? '').slice(0, 2_048);
