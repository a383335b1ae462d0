/**
 * One run as its actor works on it: what happens is recorded first, and the run's machine hears it when it is durable.
 * Decisions look at where the run stands with everything recorded, so that none is taken twice.
 */
import { createActor } from 'xstate';
import type { Standing } from '../agents/acp/standing.ts';
import { createTranscript, type Transcript } from '../agents/acp/transcript.ts';
import { markRepeated, nothingTold } from '../agents/signs/repeated-text.ts';
import { interruptEscalates } from '../model/run/decide.ts';
import { afterFact, beginningOfRun, machineHears } from '../model/run/fold-run.ts';
import { type RunSnapshot, runMachine, statusOf } from '../model/run/machine.ts';
import { createFactEncoder } from '../model/run/run-snapshot.ts';
import type { ContentPart } from '../protocol/facts/content-part.ts';
import type { ThroughlineError } from '../protocol/facts/error.ts';
import { fact, type Payload, type RunFact } from '../protocol/facts/events.ts';
import type { Timestamp } from '../protocol/facts/ids.ts';
import type { RunStatus } from '../protocol/facts/status.ts';
import type { LiveMachineEvent } from '../protocol/gateway/live-machine.ts';
import type { RunToBegin, SessionLimits } from '../protocol/threads/session-messages.ts';
import type { Outbox } from './outbox.ts';
import { watchMachine } from './watch-machine.ts';

/** Time as the actor has it: the machine's delays and the joining of streams run on it, so that a test can hold it. */
export type Timers = {
  readonly setTimeout: (callback: () => void, afterMs: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
};

/** What follows from durable facts, and is done to the world. */
export type RunEffects = {
  readonly prepareAgent: (run: Run) => void;
  readonly sendPrompt: (run: Run, prompt: string) => void;
  readonly answerApproval: (resolved: Payload<'approval_resolved'>) => void;
  readonly cancelTurn: (run: Run) => void;
  readonly terminateAgent: (run: Run) => void;
  readonly finishRun: (run: Run) => void;
  readonly waitToGoOn: (run: Run, pause: Payload<'paused'>) => void;
  /** Its agent is told this, or (null) its prompt again. */
  readonly goOn: (run: Run, prompt: string, text: string | null) => void;
};

export type RunOptions = {
  readonly begun: RunToBegin;
  readonly outbox: Pick<Outbox, 'openRun'>;
  readonly limits: SessionLimits;
  /** What the agent said last of what stands beyond a run. */
  readonly standing?: Standing | undefined;
  readonly clock: () => Timestamp;
  readonly timers: Timers;
  readonly effects: RunEffects;
  /** Called after each event that has become durable. */
  readonly onDurable: () => void;
  readonly onRefused: (error: ThroughlineError) => void;
  /** An effect raised this; the machine has stopped, and nothing follows from it any more. */
  readonly onFault: (thrown: unknown) => void;
};

export type Run = {
  readonly begun: RunToBegin;
  readonly transcript: Transcript;
  /** What was given with its prompt. */
  readonly parts: () => readonly ContentPart[];
  /** What its agent is told before it of what was done to the tree; null: nothing was. */
  readonly told: () => string | null;
  /** Where the run stands when everything recorded is durable. */
  readonly ahead: () => RunSnapshot;
  readonly status: () => RunStatus;
  /** Records one fact as it is, without what the transcript holds back to be joined. */
  readonly record: (next: RunFact) => void;
  /** Records what the transcript holds back, then these; `onDurable` is called when the last of them is durable. */
  readonly recordAll: (facts: readonly RunFact[], onDurable?: () => void) => void;
  readonly begin: () => void;
  /** Events that are not yet durable. */
  readonly pending: () => number;
  /** Whether the prompt has reached the agent. */
  readonly turnBegan: () => boolean;
  readonly beginTurn: () => void;
  /** Tells how the run's machine stands, and then what it does; gives what ends that. */
  readonly watch: (onEvent: (event: LiveMachineEvent) => void) => () => void;
  /** Nothing follows from this run any more and nothing is recorded in it; what was recorded still becomes durable. */
  readonly retire: () => void;
};

export const createRun = (options: RunOptions): Run => {
  const { begun, clock, effects, limits, timers } = options;
  const outbox = options.outbox.openRun(begun.runKey, begun.lastSeq, options.onRefused);
  const encode = createFactEncoder();
  let ahead = beginningOfRun(limits);
  let turnBegan = false;
  let retired = false;
  let lastSeq: number = begun.lastSeq;
  /** What the machine is being told, for who watches it. */
  let toldSeq: number | null = null;

  const record = (next: RunFact, onDurable?: () => void): void => {
    if (retired) return;
    ahead = afterFact(ahead, next);
    lastSeq += 1;
    const seq = lastSeq;
    outbox.append(encode(next, ahead), () => {
      if (!retired) tellMachine(next, seq);
      else if (outbox.pending() === 0) outbox.close();
      onDurable?.();
      options.onDurable();
    });
  };

  const recordAll = (facts: readonly RunFact[], onDurable?: () => void): void => {
    if (facts.length === 0) return;
    transcript.flush();
    for (const [index, next] of facts.entries()) record(next, index === facts.length - 1 ? onDurable : undefined);
  };

  let told = nothingTold;
  const recordTold = (next: RunFact): void => {
    const marked = markRepeated(told, next);
    told = marked.told;
    for (const each of marked.facts) record(each);
  };

  const transcript = createTranscript({
    record: recordTold,
    clock,
    setTimer: (callback, afterMs) => {
      const timer = timers.setTimeout(callback, afterMs);
      return () => timers.clearTimeout(timer);
    },
    maxStoredTextBytes: limits.maxStoredTextBytes,
    standing: options.standing,
  });

  const escalate = (attempt: 2 | 3): void => recordAll(interruptEscalates(ahead, attempt, clock()));

  const machine = createActor(
    runMachine.provide({
      actions: {
        announceStart: () => record(fact('status', { status: 'starting' }, clock())),
        prepareAgent: () => effects.prepareAgent(run),
        sendPrompt: ({ context }) => effects.sendPrompt(run, context.prompt),
        answerApproval: ({ event }) => {
          if (event.type === 'approval_resolved') effects.answerApproval(event.payload);
        },
        cancelTurn: () => effects.cancelTurn(run),
        requestCancelAgain: () => escalate(2),
        requestTermination: () => escalate(3),
        terminateAgent: () => effects.terminateAgent(run),
        finishRun: () => effects.finishRun(run),
        waitToGoOn: ({ event }) => {
          if (event.type === 'paused') effects.waitToGoOn(run, event.payload);
        },
        goOn: ({ context, event }) => {
          if (event.type === 'continued') effects.goOn(run, context.prompt, event.payload.text ?? null);
        },
      },
    }),
    {
      input: limits,
      // XState numbers its timers itself and only hands them back to this clock.
      clock: timers as Parameters<typeof createActor>[1] extends { clock?: infer Clock } ? Clock : never,
    },
  );

  // XState keeps what an effect raises to itself, and without anybody to tell it ends the thread with it.
  machine.subscribe({ error: options.onFault });

  const tellMachine = (next: RunFact, seq: number): void => {
    // A machine that has ended hears nothing more; XState would warn.
    if (!machineHears(next.type) || machine.getSnapshot().status !== 'active') return;
    toldSeq = seq;
    machine.send(next);
    toldSeq = null;
  };

  const run: Run = {
    begun,
    transcript,
    parts: () => begun.facts.flatMap((next) => (next.type === 'prompt' ? (next.payload.parts ?? []) : [])),
    told: () => {
      const [prompt] = begun.facts;
      return prompt?.type === 'prompt' ? (prompt.payload.told ?? null) : null;
    },
    ahead: () => ahead,
    status: () => statusOf(ahead),
    record,
    recordAll,
    begin: () => {
      machine.start();
      const firstSeq = begun.lastSeq - begun.facts.length + 1;
      for (const [index, next] of begun.facts.entries()) {
        ahead = afterFact(ahead, next);
        tellMachine(next, firstSeq + index);
      }
    },
    pending: outbox.pending,
    turnBegan: () => turnBegan,
    beginTurn: () => {
      turnBegan = true;
    },
    watch: (onEvent) => watchMachine({ machine, run: begun.ordinal, seq: () => toldSeq, clock, onEvent }),
    retire: () => {
      if (retired) return;
      try {
        transcript.flush();
      } finally {
        retired = true;
        machine.stop();
        if (outbox.pending() === 0) outbox.close();
      }
    },
  };
  return run;
};
