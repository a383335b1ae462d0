/**
 * The main thread's side of one live session: its actor's task, its agent's process, its ledger. Made when a run
 * begins, it lives until the session is stopped, removed or parked.
 */
import { MessageChannel } from 'node:worker_threads';
import { asThroughlineError, ThroughlineError } from '../actors/protocol/error.ts';
import { encodeFact, type LedgerFact } from '../actors/protocol/events.ts';
import type { ApprovalId, RunId, RunKey, Seq, SessionId } from '../actors/protocol/ids.ts';
import type {
  FromSession,
  HostReply,
  HostRequest,
  RunToBegin,
  SessionLimits,
  ToSession,
} from '../actors/protocol/session-messages.ts';
import type { SessionHandle } from '../actors/reader/session-queries.ts';
import type { Outbox, RunOutbox } from '../actors/writer/outbox.ts';
import { type AgentProcess, startAgentProcess } from './agent-process.ts';
import type { AgentLaunch } from './agents/find-agent.ts';
import type { Log } from './log.ts';
import type { Readers } from './readers.ts';
import type { SessionThreads } from './session-threads.ts';
import type { Decision } from './surface.ts';
import { createTerminals } from './terminals.ts';

export type SessionHostOptions = {
  readonly session: SessionHandle;
  readonly folder: string;
  readonly launch: AgentLaunch;
  readonly mark: string;
  readonly limits: SessionLimits;
  readonly parkAfterMs: number;
  readonly threads: SessionThreads;
  readonly readers: Readers;
  readonly outbox: Outbox;
  readonly log: Log;
  /** The actor ended before its run did: its thread died, or the writer refused what it recorded. */
  readonly onBroken: (run: RunToBegin, error: ThroughlineError) => Promise<void>;
  readonly onClosed: () => void;
};

export type SessionHost = {
  readonly id: SessionId;
  /** The run under way, or null between runs. */
  readonly activeRun: () => RunId | null;
  readonly beginRun: (run: RunToBegin) => void;
  readonly interrupt: () => Promise<void>;
  readonly decide: (approvalId: ApprovalId, decision: Decision) => Promise<void>;
  /** Appends to the session's ledger; resolves when it is durable. */
  readonly record: (fact: LedgerFact) => Promise<void>;
  /** Ends the actor when everything it recorded is durable, then the agent. A run under way keeps its status. */
  readonly stop: () => Promise<void>;
};

type Waiting = { readonly resolve: () => void; readonly reject: (error: ThroughlineError) => void };

export const createSessionHost = (options: SessionHostOptions): SessionHost => {
  const { session, log } = options;
  const { port1: port, port2 } = new MessageChannel();
  const terminals = createTerminals({ environment: options.launch.environment, mark: options.mark });
  const commands = new Map<number, Waiting>();
  let nextCommand = 1;
  let agent: AgentProcess | null = null;
  let active: RunToBegin | null = null;
  let closing = false;
  let parking: NodeJS.Timeout | undefined;

  const ledger: RunOutbox = options.outbox.openRun(
    session.ledgerRunKey as RunKey,
    session.ledgerLastSeq as Seq,
    (error) => log.error('the ledger of a session was refused', { session: session.id, error }),
  );

  const record = (fact: LedgerFact): Promise<void> =>
    new Promise((resolve) => ledger.append(encodeFact(fact), resolve));

  const send = (message: ToSession): void => port.postMessage(message);

  const startAgent = (): void => {
    const started = startAgentProcess({
      launch: options.launch,
      folder: options.folder,
      mark: options.mark,
      onStarted: (pid, startedAt) => send({ kind: 'agent_started', pid, startedAt }),
      onOutput: (bytes) => send({ kind: 'agent_output', bytes }),
      onEnded: (end) => {
        if (agent === started) agent = null;
        send({ kind: 'agent_ended', end });
      },
    });
    agent = started;
  };

  const answer = async (request: HostRequest): Promise<HostReply> => {
    try {
      if (request.kind !== 'known_items') return await terminals.perform(request);
      return { kind: 'known_items', ...(await options.readers.knownItems(session.key)) };
    } catch (thrown) {
      return { kind: 'failed', error: asThroughlineError(thrown).toPlain() };
    }
  };

  const receive = (message: FromSession): void => {
    switch (message.kind) {
      case 'start_agent':
        startAgent();
        return;
      case 'agent_input':
        agent?.write(message.text);
        return;
      case 'agent_credit':
        agent?.giveCredit(message.bytes);
        return;
      case 'end_agent':
        void agent?.end();
        return;
      case 'ledger':
        void record(message.fact);
        return;
      case 'run_ended':
        if (active?.runId === message.runId) active = null;
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
        void answer(message.request).then((reply) => send({ kind: 'reply', requestId: message.requestId, reply }));
        return;
      case 'broken':
        void breakDown(ThroughlineError.fromPlain(message.error));
        return;
    }
  };

  const command = (message: (requestId: number) => ToSession): Promise<void> =>
    new Promise((resolve, reject) => {
      const requestId = nextCommand;
      nextCommand += 1;
      commands.set(requestId, { resolve, reject });
      send(message(requestId));
    });

  const close = async (): Promise<void> => {
    clearTimeout(parking);
    port.close();
    terminals.close();
    const error = new ThroughlineError('session.not_running', 'the session was stopped');
    for (const waiting of commands.values()) waiting.reject(error);
    commands.clear();
    await agent?.end();
    if (ledger.pending() === 0) ledger.close();
    options.onClosed();
  };

  const breakDown = async (error: ThroughlineError): Promise<void> => {
    if (closing) return;
    closing = true;
    log.error('a session actor ended before its run', { session: session.id, error });
    const run = active;
    active = null;
    if (run !== null) await options.onBroken(run, error);
    await close();
  };

  // An idle agent costs hundreds of megabytes; its conversation can be taken up again.
  const parkLater = (): void => {
    clearTimeout(parking);
    parking = setTimeout(() => {
      if (active !== null || closing) return;
      const occurredAt = Date.now() as LedgerFact['occurredAt'];
      void record({ type: 'agent_parked', payload: {}, occurredAt }).then(stop);
    }, options.parkAfterMs);
    parking.unref();
  };

  const stop = async (): Promise<void> => {
    if (!closing) {
      closing = true;
      send({ kind: 'stop' });
    }
    await task.catch(() => {});
    await close();
  };

  port.on('message', receive);
  const task = options.threads.run({
    sessionId: session.id,
    folder: options.folder,
    agentCommand: [options.launch.command, ...options.launch.arguments].join(' ').slice(0, 300),
    approvalPolicy: session.state.approvalPolicy,
    mode: session.state.mode ?? options.launch.mode,
    agentSessionId: session.state.agentSessionId,
    limits: options.limits,
    port: port2,
  });
  task.catch((thrown) => breakDown(asThroughlineError(thrown)));

  return {
    id: session.id,
    activeRun: () => active?.runId ?? null,
    beginRun: (run) => {
      clearTimeout(parking);
      active = run;
      send({ kind: 'begin_run', run });
    },
    interrupt: () => command((requestId) => ({ kind: 'interrupt', requestId })),
    decide: (approvalId, { decision, optionId }) =>
      command((requestId) => ({ kind: 'decide', requestId, approvalId, decision, optionId: optionId ?? null })),
    record,
    stop,
  };
};
