/**
 * What happened to a run, as the facts to log for it: the decider of event sourcing. Pure: each looks at where the run
 * stands, facts on their way included, and gives what follows; an empty list when the run has ended already. Whoever
 * reports first, ends it.
 */
import { ThroughlineError } from '../../protocol/facts/error.ts';
import { type FailureKind, fact, type Payload, type RunFact, type StoredText } from '../../protocol/facts/events.ts';
import type { Timestamp } from '../../protocol/facts/ids.ts';
import { notPaused } from '../../protocol/facts/not-paused.ts';
import { failureReasonLine, isTerminal } from '../../protocol/facts/status.ts';
import { isPaused, type RunSnapshot, statusOf } from './machine.ts';

/** Why a run could not go on, for the log (whole) and for the dashboard (its message's one line). */
export type Failure = {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly kind?: FailureKind;
  readonly detail?: StoredText;
};

const closeApprovals = (run: RunSnapshot, outcome: 'cancelled' | 'expired', at: Timestamp): readonly RunFact[] =>
  run.context.openApprovals.map((approvalId) => fact('approval_resolved', { approvalId, outcome, by: 'runtime' }, at));

/** The agent's turn ended with this stop reason; `failure` is what shows that it failed all the same. */
export const turnEnded = (
  run: RunSnapshot,
  stopReason: string,
  at: Timestamp,
  failure: Failure | null = null,
): readonly RunFact[] => {
  const status = statusOf(run);
  // What was held by a pause ends in it, and is gone on with later.
  if (isTerminal(status) || isPaused(run)) return [];
  const closed = closeApprovals(run, 'cancelled', at);
  if (status === 'interrupting') return [...closed, fact('status', { status: 'interrupted', stopReason }, at)];
  if (failure !== null) {
    return [
      ...closed,
      fact('error', { ...failure }, at),
      fact('status', { status: 'failed', reason: failureReasonLine(failure.message), stopReason }, at),
    ];
  }
  // Some agents stop at a denial and call that a cancel, others answer it and end their turn. It is the same to the
  // person, who has denied something and interrupted nothing.
  if (stopReason === 'cancelled' && run.context.wasDenied) {
    const reason = 'the agent stopped at what was denied';
    return [...closed, fact('status', { status: 'completed', reason, stopReason }, at)];
  }
  if (stopReason === 'cancelled') {
    const message = 'The agent cancelled its turn, though nobody had interrupted it';
    return [
      ...closed,
      fact('error', { code: 'agent.cancelled', message, hint: 'give it a prompt to go on' }, at),
      fact('status', { status: 'failed', reason: message, stopReason }, at),
    ];
  }
  if (stopReason === 'refusal') {
    const message = 'The agent refused to go on with this prompt';
    return [
      ...closed,
      fact('error', { code: 'agent.refused', message, hint: 'word the prompt differently' }, at),
      fact('status', { status: 'failed', reason: message, stopReason }, at),
    ];
  }
  return [...closed, fact('status', { status: 'completed', stopReason }, at)];
};

/** The turn was refused for now, and the run waits: `pause` says until when. */
export const turnPaused = (run: RunSnapshot, pause: Payload<'paused'>, at: Timestamp): readonly RunFact[] =>
  isTerminal(statusOf(run)) || isPaused(run)
    ? []
    : [...closeApprovals(run, 'cancelled', at), fact('paused', pause, at)];

/** A person holds the run, until then or until a person says so (null). Raises `session.not_running` or `session.busy`. */
export const pauseRequested = (run: RunSnapshot, until: number | null, at: Timestamp): readonly RunFact[] => {
  const status = statusOf(run);
  if (isTerminal(status)) throw notRunning();
  if (status !== 'running' || isPaused(run)) {
    throw new ThroughlineError(
      'session.busy',
      isPaused(run) ? 'the session is paused already' : `the session cannot be paused while it is ${status}`,
      { hint: isPaused(run) ? 'say when it goes on: throughline continue ID --at TIME' : 'try again in a moment' },
    );
  }
  return turnPaused(
    run,
    { why: 'person', until, known: true, attempt: 1, message: 'a person paused it', again: 'continue' },
    at,
  );
};

/** What an agent is told that goes on after a pause, unless it has to be told its prompt again. */
export const goOnText = 'The pause is over. Continue where you left off.';

/** The pause is over. Nothing follows for a run that is not paused any more; by a person that is `session.not_paused`. */
export const continueRequested = (
  run: RunSnapshot,
  by: Payload<'continued'>['by'],
  at: Timestamp,
): readonly RunFact[] => {
  if (!isPaused(run)) {
    if (by === 'person') throw notPaused();
    return [];
  }
  const text = run.context.again === 'prompt' ? {} : { text: goOnText };
  return [fact('continued', { by, ...text }, at)];
};

/** The run cannot go on: the agent exited, broke the protocol or could not be started, or the thread died. */
export const runFailed = (run: RunSnapshot, failure: Failure, at: Timestamp): readonly RunFact[] => {
  const status = statusOf(run);
  // An agent that ends in a pause is started again when the run goes on.
  if (isTerminal(status) || isPaused(run)) return [];
  const closed = closeApprovals(run, 'cancelled', at);
  // An agent that is gone while it was asked to stop did what it was asked.
  if (status === 'interrupting') return [...closed, fact('status', { status: 'interrupted' }, at)];
  return [
    ...closed,
    fact('error', { ...failure }, at),
    fact('status', { status: 'failed', reason: failureReasonLine(failure.message) }, at),
  ];
};

/** A person asks the run to stop. Raises `session.not_running` or `session.busy` when that makes no sense. */
export const interruptRequested = (run: RunSnapshot, at: Timestamp): readonly RunFact[] => {
  const status = statusOf(run);
  if (isTerminal(status)) throw notRunning();
  if (status === 'interrupting') {
    throw new ThroughlineError('session.busy', 'the session is being interrupted already', {
      hint: `its agent is ended after ${run.context.interruptDeadlineMs / 1_000} s if it does not react`,
    });
  }
  const asked = fact('interrupt_requested', { attempt: 1 }, at);
  // Nobody works on a paused run, so there is nobody whose end of it could be waited for.
  return isPaused(run) ? [asked, ...runInterrupted(run, null, at)] : [asked];
};

export const notRunning = (): ThroughlineError =>
  new ThroughlineError('session.not_running', 'no run of this session is under way');

/** A delay of the interrupt has passed: ask again (2) or end the agent (3). */
export const interruptEscalates = (run: RunSnapshot, attempt: 2 | 3, at: Timestamp): readonly RunFact[] =>
  statusOf(run) === 'interrupting' && run.context.interruptAttempts < attempt
    ? [fact('interrupt_requested', { attempt }, at)]
    : [];

/** The run stops without its agent: it was never started, or the interrupt's last attempt ended it. */
export const runInterrupted = (run: RunSnapshot, reason: string | null, at: Timestamp): readonly RunFact[] =>
  isTerminal(statusOf(run))
    ? []
    : [
        ...closeApprovals(run, 'cancelled', at),
        fact('status', reason === null ? { status: 'interrupted' } : { status: 'interrupted', reason }, at),
      ];

/**
 * Closes a run that an earlier life of the runtime left open, because the session goes on with another or is
 * interrupted now. Its approvals have expired; a tool call without a result stays without one.
 */
export const abandonedRunClosed = (run: RunSnapshot, at: Timestamp): readonly RunFact[] =>
  isTerminal(statusOf(run))
    ? []
    : [
        ...closeApprovals(run, 'expired', at),
        fact('status', { status: 'interrupted', reason: 'Throughline ended during this run' }, at),
      ];
