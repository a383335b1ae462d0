/**
 * The main thread's side of one live session: its actor's task, its agent's process, its ledger. Made when a run
 * begins, it lives until the session is stopped, removed or parked.
 */
import { MessageChannel } from 'node:worker_threads';
import { loginVariables } from '../../actors/agents/known/known-agents.ts';
import { createDeferred } from '../../actors/protocol/facts/deferred.ts';
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { encodeFact, type LedgerFact, type Payload } from '../../actors/protocol/facts/events.ts';
import { type ApprovalId, type RunId, type SessionId, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import type { LiveMachineEvents } from '../../actors/protocol/gateway/live-machine.ts';
import type {
  FromSession,
  HostReply,
  HostRequest,
  ReachedMcpServer,
  RunToBegin,
  SessionLimits,
  ToSession,
} from '../../actors/protocol/threads/session-messages.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import { createActorBoundary } from '../../actors/session/actor-boundary.ts';
import type { Outbox, RunOutbox } from '../../actors/session/outbox.ts';
import type { RunningAgent } from '../actor-system/take-sample.ts';
import type { AgentLaunch } from '../agents/find-agent.ts';
import type { Log } from '../data/log.ts';
import type { Decision, OptionChoice } from '../surface.ts';
import type { Readers } from '../threads/readers.ts';
import type { SessionThreads } from '../threads/session-threads.ts';
import { type AgentProcess, startAgentProcess } from './agent-process.ts';
import type { SessionWire } from './debug-wire.ts';
import { createFarewell } from './farewell.ts';
import { createLeftRunning, type LeftRunningOptions } from './left-running.ts';
import { createTerminals, type Terminals } from './terminals.ts';

export type SessionHostOptions = {
  readonly session: SessionHandle;
  /** Its worktree, or the folder that it was pointed at; and the folder in there that its agent works in. */
  readonly folder: string;
  readonly workingFolder: string;
  readonly launch: AgentLaunch;
  readonly mcpServers: readonly ReachedMcpServer[];
  readonly mark: string;
  readonly limits: SessionLimits;
  readonly parkAfterMs: number;
  readonly threads: SessionThreads;
  readonly readers: Readers;
  readonly outbox: Outbox;
  readonly log: Log;
  /** Where what is said on both sides is written down; null where nobody asked for that. */
  readonly wire: SessionWire | null;
  /** Runs what makes its folder ready, if anything is left to run. Raises what keeps an agent from working there. */
  readonly setUp: (signal: AbortSignal) => Promise<void>;
  /** Ends what the agent left outside of its process group. */
  readonly endStragglers: () => Promise<void>;
  /** Finds what of the agent's runs, wherever it went, and ends some of that: see `createLeftRunning`. */
  readonly findProcesses: LeftRunningOptions['find'];
  readonly endProcesses: LeftRunningOptions['end'];
  /** The actor ended before its run did: its thread died, or the writer refused what it recorded. */
  readonly onBroken: (run: RunToBegin, error: ThroughlineError) => Promise<void>;
  /** The run under way waits, and the log says for what. */
  readonly onPaused: (pause: Payload<'paused'>) => void;
  /** A run has ended by itself, and the log says how. */
  readonly onRunEnded: (run: RunToBegin) => void;
  readonly onClosed: () => void;
  /** Whether somebody looks at the session's machine, and what that does then. */
  readonly isWatched: () => boolean;
  readonly onMachineEvents: (machine: LiveMachineEvents) => void;
};

export type SessionHost = {
  readonly id: SessionId;
  /** The run under way, or null between runs. */
  readonly activeRun: () => RunId | null;
  /** Its agent's process, if it has one now. */
  readonly runningAgent: () => RunningAgent | null;
  /** Raises what ended the actor, if it has ended. */
  readonly beginRun: (run: RunToBegin) => void;
  readonly interrupt: () => Promise<void>;
  /** Holds the run, until then or (null) until a person says so. */
  readonly pause: (until: number | null) => Promise<void>;
  /** Has a paused run go on. Raises `session.not_paused` where a person asks for it in vain. */
  readonly goOn: (by: Payload<'continued'>['by']) => Promise<void>;
  readonly decide: (approvalId: ApprovalId, decision: Decision) => Promise<void>;
  /** Tells the agent of a choice that the ledger has. Raises `agent.option_unknown` and `agent.option_refused`. */
  readonly choose: (choice: OptionChoice) => Promise<void>;
  /** Appends to the session's ledger; resolves when it is durable. */
  readonly record: (fact: LedgerFact) => Promise<void>;
  /** Ends what an interrupted turn left running; gives how many processes that were. */
  readonly endLeftRunning: () => Promise<number>;
  /** Ends the actor when everything it recorded is durable, then the agent. A run under way keeps its status. */
  readonly stop: () => Promise<void>;
  /** As `stop`, once the agent has closed its conversation, which it is given little time for. */
  readonly retire: () => Promise<void>;
  /** Ends the agent without waiting for what was recorded: the writer cannot make it durable any more. */
  readonly abandon: () => Promise<void>;
  /** Has the machine tell what it does from now on, beginning with how it stands, or no longer. */
  readonly watchMachine: (watched: boolean) => void;
  /**
   * When the host is ending (stopped, parked or broken), what resolves when it is gone; null while it lives. Whoever asks
   * is in a hurry: the agent is not waited for any more.
   */
  readonly ending: () => Promise<void> | null;
};

const machineEventsEveryMs = 100;
/** More often than an agent may be silent. */
const settingUpEveryMs = 2_000;

type Waiting = { readonly resolve: () => void; readonly reject: (error: ThroughlineError) => void };

export const createSessionHost = (options: SessionHostOptions): SessionHost => {
  const { session, log } = options;
  const { guard, follow } = createActorBoundary("the session's host", (error) => breakDown(error, null));
  const { port1: port, port2 } = new MessageChannel();
  const commands = new Map<number, Waiting>();
  let nextCommand = 1;
  let agent: AgentProcess | null = null;
  /** What the agent has had run belongs to it: no other agent knows of it, and it ends with its own. */
  let terminals: Terminals | null = null;
  /** The start that waits for the end of the agent before it, and for the folder to be ready. */
  let start: AbortController | null = null;
  let previousEnded: Promise<void> | undefined;
  let active: RunToBegin | null = null;
  let ending: Promise<void> | null = null;
  let abandoned = false;
  let fault: ThroughlineError | null = null;
  let parking: NodeJS.Timeout | undefined;
  let refusal: ThroughlineError | null = null;
  const records = new Map<Promise<void>, (error: ThroughlineError) => void>();

  const ledger: RunOutbox = options.outbox.openRun(
    session.ledgerRunKey,
    session.ledgerLastSeq,
    guard((error) => {
      log.error('the ledger of a session was refused', { session: session.id, error });
      refusal = error;
      for (const reject of records.values()) reject(error);
    }),
  );

  const record = (fact: LedgerFact): Promise<void> => {
    if (refusal !== null) return Promise.reject(refusal);
    const { promise: recorded, resolve, reject } = createDeferred();
    ledger.append(encodeFact(fact), resolve);
    records.set(recorded, reject);
    const forget = (): void => void records.delete(recorded);
    recorded.then(forget, forget);
    return recorded;
  };

  const leftRunning = createLeftRunning({ find: options.findProcesses, end: options.endProcesses, record, follow });

  const send = (message: ToSession): void => port.postMessage(message);

  // One at a time: what an agent that is still ending says, and its end, are not the next one's.
  const startAgent = async (): Promise<void> => {
    const attempt = new AbortController();
    start?.abort();
    start = attempt;
    previousEnded = agent?.end();
    agent = null;
    await previousEnded;
    const isMeant = (): boolean => start === attempt && ending === null;
    const refused = isMeant() ? await setUp(attempt.signal) : null;
    if (!isMeant()) return;
    start = null;
    if (refused !== null) {
      send({ kind: 'agent_ended', end: { kind: 'not_set_up', message: refused.message } });
      return;
    }
    const its = createTerminals({
      environment: options.launch.environment,
      mark: options.mark,
      maxStoredTextBytes: options.limits.maxStoredTextBytes,
      tell: guard((news) => terminals === its && ending === null && send(news)),
    });
    terminals = its;
    try {
      const started = startAgentProcess({
        launch: options.launch,
        folder: options.workingFolder,
        mark: options.mark,
        onStarted: guard((pid, startedAt) => agent === started && send({ kind: 'agent_started', pid, startedAt })),
        onStderr: guard((text) => agent === started && send({ kind: 'agent_stderr', text })),
        onOutput: guard((bytes) => {
          options.wire?.fromAgent(bytes);
          if (agent === started) send({ kind: 'agent_output', bytes });
        }),
        onEnded: guard((end) => {
          its.close();
          options.wire?.ended();
          if (agent !== started) return;
          agent = null;
          send({ kind: 'agent_ended', end });
        }),
      });
      agent = started;
    } catch (thrown) {
      // Node throws some failures of a spawn and reports the others.
      send({ kind: 'agent_ended', end: { kind: 'not_started', message: asThroughlineError(thrown).message } });
    }
  };

  /** Gives why no agent can work there. */
  const setUp = async (signal: AbortSignal): Promise<ThroughlineError | null> => {
    const telling = setInterval(() => send({ kind: 'setting_up' }), settingUpEveryMs);
    try {
      await options.setUp(signal);
      return null;
    } catch (thrown) {
      return asThroughlineError(thrown);
    } finally {
      clearInterval(telling);
    }
  };

  const endAgent = (): void => {
    if (agent !== null) follow(agent.end());
    else if (start !== null) {
      start.abort();
      start = null;
      send({ kind: 'agent_ended', end: { kind: 'not_started', message: 'it was stopped before it began' } });
    }
  };

  const answer = async (request: HostRequest): Promise<HostReply> => {
    try {
      switch (request.kind) {
        case 'known_items':
          return { kind: 'known_items', ...(await options.readers.knownItems(session.key)) };
        case 'recap':
          return { kind: 'recap', text: await options.readers.recap(session.key, request) };
        default:
          if (terminals === null) throw new ThroughlineError('agent.protocol', 'there is no agent to run anything for');
          return await terminals.perform(request);
      }
    } catch (thrown) {
      return { kind: 'failed', error: asThroughlineError(thrown).toPlain() };
    }
  };

  const receive = (message: FromSession): void => {
    switch (message.kind) {
      case 'start_agent':
        follow(startAgent());
        return;
      case 'agent_input':
        agent?.write(message.text);
        options.wire?.toAgent(message.text);
        return;
      case 'turn_begins':
        leftRunning.turnBegins();
        return;
      case 'agent_credit':
        agent?.giveCredit(message.bytes);
        return;
      case 'end_agent':
        endAgent();
        return;
      case 'ledger':
        // A refusal was logged already.
        record(message.fact).catch(() => {});
        return;
      case 'paused':
        if (active?.runId === message.runId) options.onPaused(message.pause);
        return;
      case 'run_ended':
        if (active?.runId === message.runId) {
          leftRunning.turnEnded(active.ordinal, message.status === 'interrupted');
          options.onRunEnded(active);
          active = null;
        }
        parkLater();
        return;
      case 'commanded': {
        const waiting = commands.get(message.requestId);
        commands.delete(message.requestId);
        if (message.error === null) waiting?.resolve();
        else waiting?.reject(ThroughlineError.fromPlain(message.error));
        return;
      }
      case 'request':
        follow(answer(message.request).then((reply) => send({ kind: 'reply', requestId: message.requestId, reply })));
        return;
      case 'machine_events':
        options.onMachineEvents(message.machine);
        // Not at once: what happens meanwhile comes in one message instead of many, and nobody sees so fast.
        setTimeout(
          guard(() => send({ kind: 'machine_events_taken' })),
          machineEventsEveryMs,
        ).unref();
        return;
      case 'broken':
        breakDown(ThroughlineError.fromPlain(message.error), message.stack);
        return;
    }
  };

  const stopped = (): ThroughlineError =>
    fault ?? new ThroughlineError('session.not_running', 'the session was stopped');

  const command = (message: (requestId: number) => ToSession): Promise<void> =>
    ending === null ? ask(message) : Promise.reject(stopped());

  const ask = (message: (requestId: number) => ToSession): Promise<void> =>
    new Promise((resolve, reject) => {
      const requestId = nextCommand;
      nextCommand += 1;
      commands.set(requestId, { resolve, reject });
      send(message(requestId));
    });

  const farewell = createFarewell(() => ask((requestId) => ({ kind: 'close_conversation', requestId })));

  const disconnect = (): void => {
    clearTimeout(parking);
    start?.abort();
    port.close();
    terminals?.close();
    for (const waiting of commands.values()) waiting.reject(stopped());
    commands.clear();
  };

  const endProcesses = async (): Promise<void> => {
    try {
      // First, because it is told how many these were, and after the rest there are none.
      await leftRunning.close();
      await Promise.all([agent?.end(), previousEnded]);
      await options.endStragglers();
    } catch (error) {
      // The session goes on without it: what is left of an agent is looked for again at the next start.
      log.error('what a session had running could not be ended', { session: session.id, error });
    }
  };

  const close = async (): Promise<void> => {
    disconnect();
    await endProcesses();
    // Whoever records in the ledger after this takes it over where it ends, so nothing may be on its way any more.
    while (records.size > 0) await Promise.allSettled(records.keys());
    if (abandoned) return;
    ledger.close();
    options.onClosed();
  };

  const breakDown = (error: ThroughlineError, stack: string | null): void => {
    fault ??= error;
    const facts = { session: session.id, error, ...(stack === null ? {} : { stack }) };
    if (ending !== null) {
      log.error('a session broke down while it ended', facts);
      return;
    }
    log.error('a session actor ended before its run', facts);
    end(async () => {
      // When it was the host that broke down, the actor is still there: what it has recorded comes first.
      send({ kind: 'stop' });
      await task.catch(() => {});
      const run = active;
      active = null;
      if (run !== null) {
        await options
          .onBroken(run, error)
          .catch((thrown) =>
            log.error('the end of a broken run was not recorded', { session: session.id, error: thrown }),
          );
      }
      await close();
    });
  };

  /** Begins the end, if it has not begun, and gives it. */
  const end = (work: () => Promise<void>): Promise<void> => {
    if (ending === null) {
      ending = work();
      follow(ending);
    }
    return ending;
  };

  const shutDown = async (): Promise<void> => {
    send({ kind: 'stop' });
    await task.catch(() => {});
    await close();
  };

  const stop = (): Promise<void> => {
    farewell.hurry();
    return end(shutDown);
  };

  const retire = (): Promise<void> =>
    end(async () => {
      await farewell.say();
      await shutDown();
    });

  // An idle agent costs hundreds of megabytes; its conversation can be taken up again.
  const parkLater = (): void => {
    clearTimeout(parking);
    parking = setTimeout(
      guard(() => {
        if (active !== null || ending !== null) return;
        // From here on the next run waits until this host is gone, and gets another.
        void end(async () => {
          const occurredAt = toTimestamp(Date.now());
          await record({ type: 'agent_parked', payload: {}, occurredAt }).catch(() => {});
          await farewell.say();
          await shutDown();
        });
      }),
      options.parkAfterMs,
    );
    parking.unref();
  };

  port.on('message', guard(receive));
  const task = options.threads.run({
    sessionId: session.id,
    folder: options.folder,
    workingFolder: options.workingFolder,
    agent: options.launch.name,
    agentCommand: [options.launch.command, ...options.launch.arguments].join(' ').slice(0, 300),
    loginVariables: Object.keys(options.launch.environment).filter((name) => loginVariables.has(name)),
    protocol: options.launch.protocol,
    approvalPolicy: session.state.approvalPolicy,
    mode: session.state.mode,
    choices: session.state.choices,
    defaults: options.launch.defaults,
    agentSessionId: session.state.agentSessionId,
    takesUp: session.takesUp,
    forks: session.forks,
    retells: session.retells,
    mcpServers: options.mcpServers,
    additionalDirectories: session.state.additionalDirectories,
    limits: options.limits,
    timeZone: options.launch.environment.TZ ?? null,
    port: port2,
  });
  task.catch((thrown) => breakDown(asThroughlineError(thrown), null));

  const watchMachine = (watched: boolean): void => send({ kind: watched ? 'watch_machine' : 'unwatch_machine' });
  if (options.isWatched()) watchMachine(true);

  return {
    id: session.id,
    activeRun: () => active?.runId ?? null,
    runningAgent: () => {
      const pid = agent?.pid() ?? null;
      return agent === null || pid === null ? null : { sessionId: session.id, pid, outputBytes: agent.outputBytes() };
    },
    beginRun: (run) => {
      if (ending !== null) throw stopped();
      clearTimeout(parking);
      active = run;
      send({ kind: 'begin_run', run });
    },
    interrupt: () => command((requestId) => ({ kind: 'interrupt', requestId })),
    pause: (until) => command((requestId) => ({ kind: 'pause', requestId, until })),
    goOn: (by) => command((requestId) => ({ kind: 'continue', requestId, by })),
    decide: (approvalId, { decision, optionId = null, answers = null }) =>
      command((requestId) => ({ kind: 'decide', requestId, approvalId, decision, optionId, answers })),
    choose: ({ optionId, value }) => command((requestId) => ({ kind: 'choose_option', requestId, optionId, value })),
    record,
    endLeftRunning: leftRunning.end,
    stop,
    retire,
    abandon: async () => {
      abandoned = true;
      disconnect();
      await endProcesses();
      options.onClosed();
    },
    watchMachine,
    ending: () => {
      if (ending !== null) farewell.hurry();
      return ending;
    },
  };
};
