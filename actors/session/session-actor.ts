/**
 * The actor around a session: hosts one run's machine at a time, carries out what the machine names, and turns what the
 * agent and the runtime report into facts. A fact goes to the writer first; the machine hears it when it is durable,
 * and only then does anything follow from it.
 */
import { v7 as uuid } from 'uuid';
import { createActor } from 'xstate';
import { asThroughlineError, ThroughlineError } from '../protocol/error.ts';
import { encodeFact, fact, type RunFact } from '../protocol/events.ts';
import type { ApprovalId, RunKey, Timestamp } from '../protocol/ids.ts';
import type {
  AgentEnd,
  FromSession,
  HostReply,
  HostRequest,
  RunToBegin,
  SessionTask,
  ToSession,
} from '../protocol/session-messages.ts';
import { isTerminal } from '../protocol/status.ts';
import type { Outbox, RunOutbox } from '../writer/outbox.ts';
import { type AgentConnection, createAgentConnection, type Opening } from './agents/acp/agent-connection.ts';
import { answerClientRequest } from './agents/acp/client-requests.ts';
import type { RequestId } from './agents/acp/json-rpc.ts';
import { createReplayFilter } from './agents/acp/replay-filter.ts';
import { permissionRequest, updates } from './agents/acp/schemas.ts';
import { createTranscript, type Transcript } from './agents/acp/transcript.ts';
import {
  type Failure,
  interruptEscalates,
  interruptRequested,
  notRunning,
  optionFor,
  runFailed,
  runInterrupted,
  turnEnded,
} from './decide.ts';
import { agentEndFailure, failureOf, startFailure } from './failures.ts';
import { afterFact, beginningOfRun } from './fold-run.ts';
import { type RunSnapshot, runMachine, statusOf } from './machine.ts';

/** Above this many events on their way, the agent's output is read more slowly; below half of it, freely again. */
const maxPendingEvents = 500;

export type SessionActorOptions = {
  readonly task: Omit<SessionTask, 'port'>;
  readonly outbox: Outbox;
  readonly send: (message: FromSession) => void;
  readonly clock: () => Timestamp;
  /** The machine's delays and the joining of streams run on this, so that a test can hold the time. */
  readonly timers: {
    readonly setTimeout: (callback: () => void, afterMs: number) => unknown;
    readonly clearTimeout: (timer: unknown) => void;
  };
  readonly programVersion: string;
};

type PendingApproval = {
  readonly requestId: RequestId;
  readonly connection: AgentConnection;
  readonly options: readonly { readonly optionId: string; readonly name: string; readonly kind: string }[];
};

type Run = {
  readonly begun: RunToBegin;
  readonly outbox: RunOutbox;
  readonly transcript: Transcript;
  /** Where the run stands when everything recorded is durable: decisions look at this. */
  ahead: RunSnapshot;
  /** Whether the prompt has reached the agent. */
  turnBegan: boolean;
};

type Agent = {
  readonly connection: AgentConnection;
  /** Null until the process has been started. */
  process: { readonly pid: number; readonly startedAt: string } | null;
  /** Null until the conversation is open. */
  opening: Opening | null;
};

type Hearing = 'turn' | 'opening' | { readonly replay: ReturnType<typeof createReplayFilter> } | 'after_replay';

export const createSessionActor = (options: SessionActorOptions) => {
  const { task, send, clock, timers } = options;
  const approvals = new Map<string, PendingApproval>();
  const hostRequests = new Map<number, (reply: HostReply) => void>();
  let nextHostRequest = 0;
  let run: Run | null = null;
  let agent: Agent | null = null;
  let agentSessionId = task.agentSessionId;
  let mode = task.mode;
  let hearing: Hearing = 'opening';
  let creditOwed = 0;
  let stopping = false;
  let onStarted: ((started: { pid: number; startedAt: string }) => void) | null = null;
  let onNotStarted: ((error: ThroughlineError) => void) | null = null;
  let finish: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });

  const setTimer = (callback: () => void, afterMs: number): (() => void) => {
    const timer = timers.setTimeout(callback, afterMs);
    return () => timers.clearTimeout(timer);
  };

  // ── Recording ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const recordIn = (target: Run, next: RunFact, onDurable?: () => void): void => {
    target.ahead = afterFact(target.ahead, next);
    target.outbox.append(encodeFact(next), () => {
      machines.get(target)?.send(next);
      onDurable?.();
      giveCredit();
      finishWhenDurable();
    });
  };

  const recordAll = (target: Run, facts: readonly RunFact[], onDurable?: () => void): void => {
    if (facts.length === 0) return;
    target.transcript.flush();
    for (const [index, next] of facts.entries()) {
      recordIn(target, next, index === facts.length - 1 ? onDurable : undefined);
    }
  };

  const giveCredit = (): void => {
    if (creditOwed === 0 || (run !== null && run.outbox.pending() > maxPendingEvents / 2)) return;
    send({ kind: 'agent_credit', bytes: creditOwed });
    creditOwed = 0;
  };

  // ── The machine of the run under way ───────────────────────────────────────────────────────────────────────────────

  const machines = new Map<Run, ReturnType<typeof startMachine>>();

  const startMachine = (target: Run) => {
    const escalate = (attempt: 2 | 3): void => recordAll(target, interruptEscalates(target.ahead, attempt, clock()));
    const machine = createActor(
      runMachine.provide({
        actions: {
          announceStart: () => recordIn(target, fact('status', { status: 'starting' }, clock())),
          prepareAgent: () => void prepareAgent(target),
          sendPrompt: ({ context }) => void speakTurn(target, context.prompt),
          answerApproval: ({ event }) => {
            if (event.type === 'approval_resolved') answerApproval(event.payload);
          },
          cancelTurn: () => cancelTurn(target),
          requestCancelAgain: () => escalate(2),
          requestTermination: () => escalate(3),
          terminateAgent: () => terminateAgent(target),
          finishRun: () => finishRun(target),
        },
      }),
      {
        input: task.limits,
        clock: timers as Parameters<typeof createActor>[1] extends { clock?: infer C } ? C : never,
      },
    );
    machine.start();
    return machine;
  };

  const beginRun = (begun: RunToBegin): void => {
    if (run !== null) {
      run.transcript.flush();
      machines.delete(run);
      // What is still on its way is acknowledged to nobody; it is durable all the same when the writer has it.
      if (run.outbox.pending() === 0) run.outbox.close();
    }
    const transcript = createTranscript({
      record: (next) => recordIn(target, next),
      clock,
      setTimer,
      maxStoredTextBytes: task.limits.maxStoredTextBytes,
    });
    const target: Run = {
      begun,
      transcript,
      outbox: options.outbox.openRun(begun.runKey as RunKey, begun.lastSeq, broken),
      ahead: beginningOfRun(task.limits),
      turnBegan: false,
    };
    run = target;
    if (agent !== null) hearing = 'turn';
    machines.set(target, startMachine(target));
    for (const next of begun.facts) {
      target.ahead = afterFact(target.ahead, next);
      machines.get(target)?.send(next);
    }
  };

  const finishRun = (target: Run): void => {
    const status = statusOf(target.ahead);
    approvals.clear();
    if (isTerminal(status)) send({ kind: 'run_ended', runId: target.begun.runId, status });
  };

  const broken = (error: ThroughlineError): void => {
    send({ kind: 'broken', error: error.toPlain() });
    finish();
  };

  const fail = (target: Run, failure: Failure): void => recordAll(target, runFailed(target.ahead, failure, clock()));

  // ── The agent ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const prepareAgent = async (target: Run): Promise<void> => {
    const cancelDeadline = setTimer(() => {
      const seconds = Math.round(task.limits.startDeadlineMs / 1000);
      fail(target, startFailure(task, `it did not begin within ${seconds} s`, ''));
      endAgent();
    }, task.limits.startDeadlineMs);
    try {
      if (agent?.opening && agent.process !== null) noteProcess(target, agent.process);
      else await startAgent(target);
      if (statusOf(target.ahead) !== 'starting') return;
      recordIn(target, fact('status', { status: 'running' }, clock()));
    } catch (thrown) {
      // An agent that ended by itself was reported with its exit; this is the rest.
      if (agent !== null || !isAgentGone(thrown)) fail(target, failureOf(thrown, task));
      endAgent();
    } finally {
      cancelDeadline();
    }
  };

  // Every run says which process worked on it, be it a new one or the last run's.
  const noteProcess = (target: Run, process: { readonly pid: number; readonly startedAt: string }): void =>
    target.transcript.note('agent_started', { ...process, command: task.agentCommand.slice(0, 500) });

  const startAgent = async (target: Run): Promise<void> => {
    hearing = 'opening';
    const connection = createAgentConnection((text) => send({ kind: 'agent_input', text }), {
      onUpdate: hear,
      onRequest: (id, method, params) => void answerRequest(connection, id, method, params),
      onLine: (name, text, bytes) => run?.transcript.line(name, text, bytes),
      onNotification: (method, params) =>
        run?.transcript.note('unknown_notification', { method: method.slice(0, 200), params: shorten(params) }),
    });
    const started: Agent = { connection, process: null, opening: null };
    agent = started;
    send({ kind: 'start_agent' });
    started.process = await new Promise<{ pid: number; startedAt: string }>((resolve, reject) => {
      onStarted = resolve;
      onNotStarted = reject;
    });
    // Before anything else of it, so that a crash from here on leaves its pid in the log.
    noteProcess(target, started.process);
    const known = agentSessionId === null ? null : await askHost({ kind: 'known_items' });
    const identity = await connection.initialize(options.programVersion);
    const opening = await connection.open({
      folder: task.folder,
      agentSessionId,
      mode,
      onReplay: (phase) => replay(target, phase, known),
    });
    if (opening.agentSessionId !== agentSessionId) {
      agentSessionId = opening.agentSessionId;
      send({ kind: 'ledger', fact: fact('agent_session_learnt', { agentSessionId }, clock()) });
    }
    const { name, version } = identity.agentInfo ?? { name: null, version: null };
    target.transcript.note('conversation', { how: opening.how, agent: name, version: version ?? null });
    started.opening = opening;
  };

  const replay = (target: Run, phase: 'begins' | 'ends', known: HostReply | null): void => {
    if (phase === 'begins') {
      const items = known?.kind === 'known_items' ? known : { messageIds: [], toolCallIds: [] };
      hearing = {
        replay: createReplayFilter({
          known: { messageIds: new Set(items.messageIds), toolCallIds: new Set(items.toolCallIds) },
          clock,
          maxStoredTextBytes: task.limits.maxStoredTextBytes,
        }),
      };
      return;
    }
    if (typeof hearing !== 'object') return;
    const { replayed, recovered } = hearing.replay.finish();
    // Some agents send a few updates of metadata after their answer: they belong to the replay.
    hearing = 'after_replay';
    for (const next of recovered) recordIn(target, next);
    target.transcript.note('conversation_replayed', { updates: replayed, recovered: recovered.length });
  };

  const hear = (update: { readonly sessionUpdate: string }): void => {
    if (typeof hearing === 'object') {
      hearing.replay.update(update);
      return;
    }
    if (hearing === 'after_replay') return;
    const modeUpdate =
      update.sessionUpdate === 'current_mode_update' ? updates.current_mode_update.safeParse(update) : null;
    if (modeUpdate?.success && modeUpdate.data.currentModeId !== mode) {
      mode = modeUpdate.data.currentModeId;
      send({ kind: 'ledger', fact: fact('agent_mode_learnt', { mode }, clock()) });
    }
    run?.transcript.update(update);
  };

  const speakTurn = async (target: Run, prompt: string): Promise<void> => {
    const speaking = agent;
    if (speaking === null) return;
    hearing = 'turn';
    target.turnBegan = true;
    try {
      const { stopReason, usage } = await speaking.connection.prompt(prompt);
      if (usage) {
        const { inputTokens, outputTokens, totalTokens } = usage;
        target.transcript.say('usage', {
          ...(typeof inputTokens === 'number' ? { inputTokens } : {}),
          ...(typeof outputTokens === 'number' ? { outputTokens } : {}),
          ...(typeof totalTokens === 'number' ? { totalTokens } : {}),
        });
      }
      recordAll(target, turnEnded(target.ahead, stopReason, clock()));
    } catch (thrown) {
      if (!isAgentGone(thrown)) fail(target, failureOf(thrown, task));
    }
  };

  const agentEnded = (end: AgentEnd): void => {
    const ended = agent;
    agent = null;
    if (stopping) return;
    const failure = agentEndFailure(task, end, run?.turnBegan ?? false);
    const error = new ThroughlineError('agent.exited', failure.message);
    // First what it said last, then that it is gone.
    ended?.connection.close(error);
    onNotStarted?.(error);
    onStarted = onNotStarted = null;
    if (run !== null) fail(run, failure);
  };

  const endAgent = (): void => {
    if (agent !== null) send({ kind: 'end_agent' });
  };

  // ── Interrupting ───────────────────────────────────────────────────────────────────────────────────────────────────

  const cancelTurn = (target: Run): void => {
    // The protocol asks for it: open requests for permission are answered as cancelled.
    const at = clock();
    recordAll(
      target,
      target.ahead.context.openApprovals.map((approvalId) =>
        fact('approval_resolved', { approvalId, outcome: 'cancelled', by: 'runtime' }, at),
      ),
    );
    if (target.turnBegan && agent !== null) agent.connection.cancel();
    else terminateAgent(target);
  };

  const terminateAgent = (target: Run): void => {
    // With its process gone the run ends by itself; without one nobody else would end it.
    if (agent?.process) endAgent();
    else {
      endAgent();
      recordAll(target, runInterrupted(target.ahead, null, clock()));
    }
  };

  // ── Requests of the agent ──────────────────────────────────────────────────────────────────────────────────────────

  const answerRequest = async (
    connection: AgentConnection,
    id: RequestId,
    method: string,
    params: unknown,
  ): Promise<void> => {
    if (method === 'session/request_permission') {
      requestPermission(connection, id, params);
      return;
    }
    const outcome = await answerClientRequest(method, params, {
      folder: task.folder,
      askHost,
      note: (name, details) => run?.transcript.note(name, details),
    });
    if (outcome.kind === 'result') connection.answer(id, outcome.result);
    else connection.answerError(id, outcome.code, outcome.message);
  };

  const requestPermission = (connection: AgentConnection, id: RequestId, params: unknown): void => {
    const parsed = permissionRequest.safeParse(params);
    const target = run;
    if (!parsed.success || target === null || isTerminal(statusOf(target.ahead))) {
      connection.answer(id, { outcome: { outcome: 'cancelled' } });
      if (!parsed.success) target?.transcript.line('unparsed', JSON.stringify(params));
      return;
    }
    const { toolCall, options: offered } = parsed.data;
    target.transcript.tool(toolCall);
    const approvalId = uuid();
    const choices = offered.slice(0, 20).map(({ optionId, name, kind }) => ({ optionId, name, kind }));
    approvals.set(approvalId, { requestId: id, connection, options: choices });
    target.transcript.say('approval_requested', {
      approvalId,
      toolCallId: toolCall.toolCallId,
      title: toolCall.title ?? toolCall.toolCallId,
      ...(toolCall.kind ? { kind: toolCall.kind } : {}),
      options: choices,
    });
    if (statusOf(target.ahead) === 'interrupting') {
      recordAll(target, [fact('approval_resolved', { approvalId, outcome: 'cancelled', by: 'runtime' }, clock())]);
    } else if (task.approvalPolicy !== 'ask') {
      resolveApproval(target, approvalId, task.approvalPolicy, null, 'policy');
    }
  };

  const resolveApproval = (
    target: Run,
    approvalId: string,
    decision: 'allow' | 'deny',
    optionId: string | null,
    by: 'person' | 'policy',
    onDurable?: () => void,
  ): void => {
    const offered = approvals.get(approvalId)?.options ?? [];
    const chosen =
      optionId === null
        ? optionFor(offered, decision)
        : (offered.find((option) => option.optionId === optionId) ?? null);
    if (optionId !== null && chosen === null) {
      throw new ThroughlineError('input.invalid', `the agent did not offer the option ${optionId}`, {
        hint: `it offered ${offered.map((option) => option.optionId).join(', ')}`,
      });
    }
    const allowed = chosen === null ? decision === 'allow' : chosen.kind.startsWith('allow');
    recordAll(
      target,
      [
        fact(
          'approval_resolved',
          {
            approvalId,
            outcome: allowed ? 'allowed' : 'denied',
            ...(chosen === null ? {} : { optionId: chosen.optionId }),
            by,
          },
          clock(),
        ),
      ],
      onDurable,
    );
  };

  const answerApproval = (resolved: { approvalId: string; outcome: string; optionId?: string | undefined }): void => {
    const pending = approvals.get(resolved.approvalId);
    if (pending === undefined) return;
    approvals.delete(resolved.approvalId);
    const isAnswer = resolved.outcome === 'allowed' || resolved.outcome === 'denied';
    pending.connection.answer(pending.requestId, {
      outcome:
        isAnswer && resolved.optionId !== undefined
          ? { outcome: 'selected', optionId: resolved.optionId }
          : { outcome: 'cancelled' },
    });
  };

  // ── The runtime ────────────────────────────────────────────────────────────────────────────────────────────────────

  const askHost = (request: HostRequest): Promise<HostReply> =>
    new Promise((resolve) => {
      const requestId = nextHostRequest;
      nextHostRequest += 1;
      hostRequests.set(requestId, resolve);
      send({ kind: 'request', requestId, request });
    });

  /** Carries out a command of a person; the answer goes out when what it recorded is durable. */
  const command = (requestId: number, perform: (target: Run, onDurable: () => void) => void): void => {
    const reply = (error: ThroughlineError | null): void =>
      send({ kind: 'commanded', requestId, error: error?.toPlain() ?? null });
    try {
      if (run === null) throw notRunning();
      perform(run, () => reply(null));
    } catch (thrown) {
      reply(asThroughlineError(thrown));
    }
  };

  const decideApproval = (target: Run, approvalId: ApprovalId): void => {
    if (!target.ahead.context.openApprovals.includes(approvalId) || isTerminal(statusOf(target.ahead))) {
      throw new ThroughlineError('approval.not_pending', 'this approval is not waiting for an answer', {
        hint: 'it was answered, cancelled or has expired',
      });
    }
  };

  const finishWhenDurable = (): void => {
    if (stopping && (run === null || run.outbox.pending() === 0)) finish();
  };

  return {
    /** Resolves when the actor has ended and everything it recorded is durable. */
    done,

    receive: (message: ToSession): void => {
      switch (message.kind) {
        case 'begin_run':
          beginRun(message.run);
          return;
        case 'interrupt':
          command(message.requestId, (target, onDurable) =>
            recordAll(target, interruptRequested(target.ahead, clock()), onDurable),
          );
          return;
        case 'decide':
          command(message.requestId, (target, onDurable) => {
            decideApproval(target, message.approvalId);
            resolveApproval(target, message.approvalId, message.decision, message.optionId, 'person', onDurable);
          });
          return;
        case 'agent_started':
          onStarted?.({ pid: message.pid, startedAt: message.startedAt });
          onStarted = onNotStarted = null;
          return;
        case 'agent_output':
          creditOwed += message.bytes.byteLength;
          agent?.connection.receive(message.bytes);
          if (run === null || run.outbox.pending() <= maxPendingEvents) giveCredit();
          return;
        case 'agent_ended':
          agentEnded(message.end);
          return;
        case 'reply':
          hostRequests.get(message.requestId)?.(message.reply);
          hostRequests.delete(message.requestId);
          return;
        case 'stop':
          stopping = true;
          run?.transcript.flush();
          finishWhenDurable();
          return;
      }
    },
  };
};

const isAgentGone = (thrown: unknown): boolean => thrown instanceof ThroughlineError && thrown.code === 'agent.exited';

const shorten = (value: unknown): string => (JSON.stringify(value) ?? '').slice(0, 2_048);
