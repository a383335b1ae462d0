/**
 * The actor around a session: hosts one run at a time, and turns what the agent and the runtime report into facts. A
 * fact goes to the writer first (write-ahead); the run's machine hears it when it is durable, and only then does
 * anything follow.
 */

import type { AgentConnection } from '../agents/acp/agent-connection.ts';
import { createCancelledRequests } from '../agents/acp/cancelled-requests.ts';
import { createClientRequests } from '../agents/acp/client-requests.ts';
import { createStanding } from '../agents/acp/standing.ts';
import { type RequestId, rpcErrors } from '../agents/acp/wire/json-rpc.ts';
import { continueRequested, interruptRequested, notRunning, pauseRequested } from '../model/run/decide.ts';
import { createDeferred } from '../protocol/facts/deferred.ts';
import { asThroughlineError, type ThroughlineError } from '../protocol/facts/error.ts';
import { fact } from '../protocol/facts/events.ts';
import type { Timestamp } from '../protocol/facts/ids.ts';
import { isTerminal } from '../protocol/facts/status.ts';
import type { SessionActorSample } from '../protocol/gateway/actor-system.ts';
import type { FromSession, RunToBegin, SessionTask, ToSession } from '../protocol/threads/session-messages.ts';
import { createActorBoundary } from './actor-boundary.ts';
import { createAgentLifecycle } from './agent-lifecycle.ts';
import { createApprovals } from './approvals.ts';
import { createHostRequests } from './host-requests.ts';
import { createInspectionOutlet } from './inspection-outlet.ts';
import type { Outbox } from './outbox.ts';
import { createOutputCredit } from './output-credit.ts';
import { createRun, type Run, type RunEffects, type Timers } from './run-in-progress.ts';

export type SessionActorOptions = {
  readonly task: Omit<SessionTask, 'port'>;
  readonly outbox: Outbox;
  readonly send: (message: FromSession) => void;
  readonly clock: () => Timestamp;
  readonly timers: Timers;
  readonly programVersion: string;
};

export type SessionActor = ReturnType<typeof createSessionActor>;

export const createSessionActor = (options: SessionActorOptions) => {
  const { task, send, clock } = options;
  const boundary = createActorBoundary("the session's actor", (error) => breakDown(error));
  const { guard, follow } = boundary;
  const timers: Timers = {
    setTimeout: (callback, afterMs) => options.timers.setTimeout(guard(callback), afterMs),
    clearTimeout: options.timers.clearTimeout,
  };
  const outbox: Pick<Outbox, 'openRun'> = {
    openRun: (runKey, lastSeq, onRefused) => {
      const opened = options.outbox.openRun(runKey, lastSeq, guard(onRefused));
      return { ...opened, append: (event, onDurable) => opened.append(event, onDurable && guard(onDurable)) };
    },
  };
  /** Runs of which not everything is durable yet, and the one under way. */
  const runs = new Set<Run>();
  let run: Run | null = null;
  let unwatch: (() => void) | null = null;
  let stopping = false;
  /** Why it cannot go on, if it cannot. */
  let fault: ThroughlineError | null = null;
  let finished = false;
  const { promise: done, resolve: finish } = createDeferred();

  const pending = (): number => [...runs].reduce((sum, each) => sum + each.pending(), 0);

  const host = createHostRequests(send);
  const standing = createStanding();
  const approvals = createApprovals({
    policy: task.approvalPolicy,
    agentCommand: task.agentCommand,
    maxStoredTextBytes: task.limits.maxStoredTextBytes,
    clock,
  });
  const credit = createOutputCredit({ pending, give: (bytes) => send({ kind: 'agent_credit', bytes }) });

  const inspection = createInspectionOutlet((machine) => send({ kind: 'machine_events', machine }));

  const requests = createCancelledRequests();
  const answerClientRequest = createClientRequests({
    folder: task.folder,
    workingFolder: task.workingFolder,
    askHost: host.ask,
    note: (name, details) => run?.transcript.note(name, details),
    maxStoredTextBytes: task.limits.maxStoredTextBytes,
    writing: (path) => run?.transcript.writing(path) ?? (() => {}),
    readsMissingAsEmpty: () => agent.known()?.readsMissingAsEmpty === true,
  });

  const answerRequest = async (
    connection: AgentConnection,
    id: RequestId,
    method: string,
    params: unknown,
  ): Promise<void> => {
    if (approvals.request(run, connection, id, method, params)) return;
    const outcome = await requests.whileOpen(id, (signal) => answerClientRequest(method, params, signal));
    if (outcome.kind === 'result') connection.answer(id, outcome.result);
    else connection.answerError(id, outcome.code, outcome.message, outcome.data);
  };

  const agent = createAgentLifecycle({
    task,
    send,
    clock,
    timers,
    programVersion: options.programVersion,
    host,
    standing,
    run: () => run,
    follow,
    onNotification: (method, params) => approvals.notified(run, method, params),
    onCancelled: (id) => {
      requests.cancel(id);
      approvals.cancelRequest(run, id);
    },
    onRequest: (connection, id, method, params) => {
      const answered = answerRequest(connection, id, method, params).catch((thrown) => {
        // A request that we stumble over is answered and kept all the same, and does not end the session.
        const { message } = asThroughlineError(thrown);
        connection.answerError(id, rpcErrors.internal, message);
        run?.transcript.note('client_request_failed', { method: method.slice(0, 200), message: message.slice(0, 500) });
      });
      follow(answered);
    },
  });

  const effects: RunEffects = {
    prepareAgent: (target) => follow(agent.prepare(target)),
    sendPrompt: (_target, prompt) => agent.sendPrompt(prompt),
    answerApproval: approvals.answer,
    cancelTurn: (target) => {
      // Of a paused run there is no turn to cancel: its interrupt has ended it already.
      if (isTerminal(target.status())) return;
      // The protocol asks for it: open requests for permission are answered as cancelled.
      const at = clock();
      target.recordAll(
        target
          .ahead()
          .context.openApprovals.map((approvalId) =>
            fact('approval_resolved', { approvalId, outcome: 'cancelled', by: 'runtime' }, at),
          ),
      );
      agent.cancelTurn(target);
    },
    terminateAgent: agent.terminate,
    waitToGoOn: (target, pause) => {
      agent.hold();
      send({ kind: 'paused', runId: target.begun.runId, pause });
    },
    goOn: (target, prompt, text) => follow(agent.goOn(target, prompt, text)),
    finishRun: (target) => {
      const status = target.status();
      approvals.clear();
      if (isTerminal(status)) send({ kind: 'run_ended', runId: target.begun.runId, status });
    },
  };

  const onDurable = (): void => {
    for (const each of runs) if (each !== run && each.pending() === 0) runs.delete(each);
    credit.settle();
    finishWhenDurable();
  };

  /** The session cannot go on: nothing follows from its run any more, and its agent is ended. */
  const breakDown = (error: ThroughlineError): void => {
    fault ??= error;
    try {
      agent.end();
      stop();
    } catch {
      // What it could not say any more is lost with the fault; stopping goes as far as it can.
      stopping = true;
      finishWhenDurable();
    }
  };

  const stop = (): void => {
    stopping = true;
    agent.stop();
    run?.retire();
    finishWhenDurable();
  };

  const beginRun = (begun: RunToBegin): void => {
    run?.retire();
    run = createRun({
      begun,
      outbox,
      limits: task.limits,
      standing,
      clock,
      timers,
      effects,
      onDurable,
      onRefused: breakDown,
      onFault: boundary.caught,
    });
    runs.add(run);
    if (unwatch !== null) watch();
    run.begin();
  };

  /** Watches the machine of the run under way from now on, and of those that follow. */
  const watch = (): void => {
    unwatch?.();
    unwatch = run?.watch(inspection.push) ?? (() => {});
  };

  const reply = (requestId: number, error: ThroughlineError | null): void =>
    send({ kind: 'commanded', requestId, error: error?.toPlain() ?? null });

  /** Carries out a command of a person; the answer goes out when what it recorded is durable. */
  const command = (requestId: number, perform: (target: Run, onDurable: () => void) => void): void => {
    try {
      if (run === null) throw notRunning();
      perform(run, () => reply(requestId, null));
    } catch (thrown) {
      reply(requestId, asThroughlineError(thrown));
    }
  };

  const finishWhenDurable = (): void => {
    if (!stopping || finished || pending() > 0) return;
    finished = true;
    if (fault !== null) send({ kind: 'broken', error: fault.toPlain(), stack: stackOf(fault.cause) });
    finish();
  };

  return {
    /** Its boundary, for what is done for it before it is told. */
    guard,

    /** Resolves when the actor has ended and everything it recorded is durable. */
    done,

    /** What it is at, for who looks. */
    sample: (): SessionActorSample => ({
      sessionId: task.sessionId,
      run: run?.begun.ordinal ?? 0,
      status: run?.status() ?? null,
      openApprovals: run?.ahead().context.openApprovals.length ?? 0,
      pending: pending(),
    }),

    receive: guard((message: ToSession): void => {
      // What comes after the last word is not heard: an agent that goes on talking would keep us from ending.
      if (stopping) return;
      switch (message.kind) {
        case 'begin_run':
          beginRun(message.run);
          return;
        case 'interrupt':
          command(message.requestId, (target, whenDurable) =>
            target.recordAll(interruptRequested(target.ahead(), clock()), whenDurable),
          );
          return;
        case 'pause':
          command(message.requestId, (target, whenDurable) =>
            target.recordAll(pauseRequested(target.ahead(), message.until, clock()), whenDurable),
          );
          return;
        case 'continue':
          command(message.requestId, (target, whenDurable) => {
            const facts = continueRequested(target.ahead(), message.by, clock());
            if (facts.length === 0) whenDurable();
            else target.recordAll(facts, whenDurable);
          });
          return;
        case 'decide':
          command(message.requestId, (target, whenDurable) => approvals.decide(target, message, whenDurable));
          return;
        case 'choose_option':
          follow(
            agent.choose(message.optionId, message.value).then(
              () => reply(message.requestId, null),
              (thrown) => reply(message.requestId, asThroughlineError(thrown)),
            ),
          );
          return;
        case 'close_conversation':
          follow(
            agent
              .closeConversation()
              .then(() => send({ kind: 'commanded', requestId: message.requestId, error: null })),
          );
          return;
        case 'setting_up':
          agent.heard();
          return;
        case 'agent_started':
          agent.started({ pid: message.pid, startedAt: message.startedAt });
          return;
        case 'agent_output':
          agent.output(message.bytes);
          credit.owe(message.bytes.byteLength);
          return;
        case 'agent_stderr':
          agent.warned(message.text);
          return;
        case 'agent_ended':
          agent.ended(message.end);
          return;
        case 'terminal_output':
          run?.transcript.terminalOutput(message.terminalId, message.text);
          return;
        case 'terminal_ended':
          run?.transcript.terminalEnded(message.terminalId, message.exit, message.output);
          return;
        case 'reply':
          host.receive(message.requestId, message.reply);
          return;
        case 'watch_machine':
          watch();
          return;
        case 'unwatch_machine':
          unwatch?.();
          unwatch = null;
          return;
        case 'machine_events_taken':
          inspection.taken();
          return;
        case 'stop':
          stop();
          return;
      }
    }),
  };
};

const stackOf = (cause: unknown): string | null => (cause instanceof Error ? (cause.stack ?? null) : null);
