/**
 * A run as a statechart, by event sourcing: its events are the facts of the log, nothing else. What the machine hears
 * live is what a replay of the log tells it, so both go through the same states.
 *
 * It holds no effect. Actions named here without a body are carried out by the session actor, which provides them, and
 * only for facts that are durable: that is why no prompt, decision or interrupt reaches an agent before it is logged.
 * A delay that passes asks for a fact as well, and moves nothing by itself.
 */
import { assign, type SnapshotFrom, setup } from 'xstate';
import type { Payload, RunFact } from '../../protocol/facts/events.ts';
import type { RunStatus } from '../../protocol/facts/status.ts';
import type { RunInput } from './run-input.ts';

/** As many approvals can be open: a person cannot look through more. An agent that asks on and on is told no. */
export const maxOpenApprovals = 100;
/** So many tool calls without a result are remembered: agents have a few under way, and some forget to end them. */
export const maxOpenToolCalls = 100;

export type RunContext = {
  readonly prompt: string;
  /** Approvals that were asked for and not yet answered, each once, in the order they came; the last 100 at most. */
  readonly openApprovals: readonly string[];
  /**
   * Whether the approval that was answered last was denied or cancelled by a person, and the agent has begun nothing else since: what it does
   * next may follow from it.
   */
  readonly wasDenied: boolean;
  /**
   * Tool calls without a result, each once, in the order they began; the last 100 at most. In a run that has ended
   * their outcome is unknown.
   */
  readonly openToolCalls: readonly string[];
  readonly interruptAttempts: number;
  /** How often in a row it was refused until its last pause, and what its agent is told after that; null: there was none. */
  readonly pauseAttempt: number;
  readonly again: 'prompt' | 'continue' | null;
  readonly stopReason: string | null;
  readonly failureReason: string | null;
  readonly cancelRetryMs: number;
  readonly interruptDeadlineMs: number;
};

const carriedOutByTheActor = (): void => {};

const isStatus =
  (status: string) =>
  ({ event }: { event: RunFact }): boolean =>
    event.type === 'status' && event.payload.status === status;

const isAttempt =
  (attempt: number) =>
  ({ event }: { event: RunFact }): boolean =>
    event.type === 'interrupt_requested' && event.payload.attempt === attempt;

/** A set in the order its items came, as a list, which JSON has. Of more than `most` the oldest is forgotten. */
const including = (list: readonly string[], item: string, most: number): readonly string[] =>
  list.includes(item) ? list : [...list.slice(Math.max(0, list.length + 1 - most)), item];

const without = (list: readonly string[], item: string): readonly string[] =>
  list.includes(item) ? list.filter((other) => other !== item) : list;

/** A person who lets a request be cancelled wants it as little as one who denies it; an interrupt is another matter. */
const isNo = ({ outcome, by }: Payload<'approval_resolved'>): boolean =>
  outcome === 'denied' || (outcome === 'cancelled' && by === 'person');

export const runMachine = setup({
  types: { context: {} as RunContext, events: {} as RunFact, input: {} as RunInput },
  guards: {
    isStarting: isStatus('starting'),
    isRunning: isStatus('running'),
    isCompleted: isStatus('completed'),
    isInterrupted: isStatus('interrupted'),
    isFailed: isStatus('failed'),
    asksOnceMore: isAttempt(2),
    endsTheAgent: isAttempt(3),
    answersTheLastApproval: ({ context, event }) =>
      event.type === 'approval_resolved' && without(context.openApprovals, event.payload.approvalId).length === 0,
  },
  delays: {
    cancelRetry: ({ context }) => context.cancelRetryMs,
    interruptDeadline: ({ context }) => Math.max(0, context.interruptDeadlineMs - context.cancelRetryMs),
  },
  actions: {
    announceStart: carriedOutByTheActor,
    prepareAgent: carriedOutByTheActor,
    sendPrompt: carriedOutByTheActor,
    answerApproval: carriedOutByTheActor,
    cancelTurn: carriedOutByTheActor,
    requestCancelAgain: carriedOutByTheActor,
    requestTermination: carriedOutByTheActor,
    terminateAgent: carriedOutByTheActor,
    finishRun: carriedOutByTheActor,
    waitToGoOn: carriedOutByTheActor,
    goOn: carriedOutByTheActor,

    rememberPrompt: assign({
      prompt: ({ event, context }) => (event.type === 'prompt' ? event.payload.text : context.prompt),
    }),
    openApproval: assign({
      openApprovals: ({ context, event }) =>
        event.type === 'approval_requested'
          ? including(context.openApprovals, event.payload.approvalId, maxOpenApprovals)
          : context.openApprovals,
    }),
    closeApproval: assign({
      openApprovals: ({ context, event }) =>
        event.type === 'approval_resolved'
          ? without(context.openApprovals, event.payload.approvalId)
          : context.openApprovals,
      wasDenied: ({ context, event }) => (event.type === 'approval_resolved' ? isNo(event.payload) : context.wasDenied),
    }),
    openToolCall: assign(({ context, event }) => {
      if (event.type !== 'tool_call') return {};
      const openToolCalls = including(context.openToolCalls, event.payload.toolCallId, maxOpenToolCalls);
      // A call that is new is work that a denial did not keep the agent from.
      return openToolCalls === context.openToolCalls ? {} : { openToolCalls, wasDenied: false };
    }),
    closeToolCall: assign({
      openToolCalls: ({ context, event }) =>
        event.type === 'tool_result' ? without(context.openToolCalls, event.payload.toolCallId) : context.openToolCalls,
    }),
    countAttempt: assign({
      interruptAttempts: ({ context, event }) =>
        event.type === 'interrupt_requested' ? event.payload.attempt : context.interruptAttempts,
    }),
    rememberPause: assign({
      pauseAttempt: ({ context, event }) => (event.type === 'paused' ? event.payload.attempt : context.pauseAttempt),
      again: ({ context, event }) => (event.type === 'paused' ? event.payload.again : context.again),
    }),
    rememberEnd: assign({
      stopReason: ({ event }) => (event.type === 'status' ? (event.payload.stopReason ?? null) : null),
      failureReason: ({ event }) =>
        event.type === 'status' && event.payload.status === 'failed' ? (event.payload.reason ?? null) : null,
    }),
  },
}).createMachine({
  id: 'run',
  // Raised with every change of the states or of the context: stored snapshots of another version are not used.
  version: '3',
  context: ({ input }) => ({
    prompt: '',
    openApprovals: [],
    wasDenied: false,
    openToolCalls: [],
    interruptAttempts: 0,
    pauseAttempt: 0,
    again: null,
    stopReason: null,
    failureReason: null,
    ...input,
  }),
  initial: 'queued',
  on: {
    // Whoever reports the end first ends the run, from wherever it is.
    status: [
      { guard: 'isCompleted', target: '.completed' },
      { guard: 'isInterrupted', target: '.interrupted' },
      { guard: 'isFailed', target: '.failed' },
    ],
    tool_call: { actions: 'openToolCall' },
    tool_result: { actions: 'closeToolCall' },
    approval_requested: { actions: 'openApproval' },
    approval_resolved: { actions: ['closeApproval', 'answerApproval'] },
  },
  states: {
    queued: {
      on: {
        prompt: { actions: ['rememberPrompt', 'announceStart'] },
        status: { guard: 'isStarting', target: 'starting' },
        interrupt_requested: { target: 'interrupting' },
      },
    },
    starting: {
      entry: 'prepareAgent',
      on: {
        status: { guard: 'isRunning', target: 'running' },
        interrupt_requested: { target: 'interrupting' },
      },
    },
    running: {
      entry: 'sendPrompt',
      initial: 'working',
      on: {
        interrupt_requested: { target: 'interrupting' },
        paused: { target: '.paused', actions: ['rememberPause', 'waitToGoOn'] },
      },
      states: {
        working: {
          on: { approval_requested: { target: 'awaitingApproval', actions: 'openApproval' } },
        },
        awaitingApproval: {
          on: {
            approval_resolved: {
              guard: 'answersTheLastApproval',
              target: 'working',
              actions: ['closeApproval', 'answerApproval'],
            },
          },
        },
        paused: {
          on: { continued: { target: 'working', actions: 'goOn' } },
        },
      },
    },
    interrupting: {
      entry: ['countAttempt', 'cancelTurn'],
      initial: 'asked',
      states: {
        asked: {
          after: { cancelRetry: { actions: 'requestCancelAgain' } },
          on: {
            interrupt_requested: [
              { guard: 'endsTheAgent', target: 'terminating', actions: 'countAttempt' },
              { guard: 'asksOnceMore', target: 'askedAgain', actions: 'countAttempt' },
            ],
          },
        },
        askedAgain: {
          entry: 'cancelTurn',
          after: { interruptDeadline: { actions: 'requestTermination' } },
          on: { interrupt_requested: { guard: 'endsTheAgent', target: 'terminating', actions: 'countAttempt' } },
        },
        terminating: { entry: 'terminateAgent' },
      },
    },
    completed: { type: 'final', entry: ['rememberEnd', 'finishRun'] },
    interrupted: { type: 'final', entry: ['rememberEnd', 'finishRun'] },
    failed: { type: 'final', entry: ['rememberEnd', 'finishRun'] },
  },
});

export type RunSnapshot = SnapshotFrom<typeof runMachine>;

/** Whether the run waits to go on. */
export const isPaused = (snapshot: RunSnapshot): boolean => snapshot.matches({ running: 'paused' });

/** The status that a snapshot of the machine stands for. */
export const statusOf = (snapshot: RunSnapshot): RunStatus => {
  const { value } = snapshot;
  if (typeof value === 'string') return value;
  return 'running' in value ? 'running' : 'interrupting';
};
