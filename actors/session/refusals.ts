/** What follows from a turn that was refused: the pause of its run, or its failure. */
import type { KnownAgent } from '../agents/known/known-agent.ts';
import { pauseFor } from '../model/limits/pause-for.ts';
import { type Failure, runFailed, turnEnded, turnPaused } from '../model/run/decide.ts';
import type { RunSnapshot } from '../model/run/machine.ts';
import type { Payload, RunFact } from '../protocol/facts/events.ts';
import type { Timestamp } from '../protocol/facts/ids.ts';
import type { SessionTask } from '../protocol/threads/session-messages.ts';
import type { Run } from './run-in-progress.ts';
import type { SaidOfLimits } from './turn-signs.ts';

export type RefusedTurn = {
  readonly failure: Failure;
  /** The agent's word for its end, where it answered with one. */
  readonly stopReason: string | null;
  readonly said: SaidOfLimits;
  readonly known: KnownAgent | null;
};

/** The facts that follow from a turn of this run that was refused. */
export const turnRefused = (
  run: Run,
  { failure, stopReason, said, known }: RefusedTurn,
  task: Pick<SessionTask, 'limits' | 'timeZone'>,
  now: Timestamp,
  chance: number,
): readonly RunFact[] => {
  const ahead = run.ahead();
  const { pauses } = task.limits;
  const pause =
    pauses === undefined || run.status() !== 'running'
      ? null
      : pauseFor(
          {
            kind: failure.kind ?? (known?.triesUnnamedAgain === true ? 'service' : null),
            message: failure.message,
            resetsAt: said.resetsAt,
            name: said.name,
            zone: task.timeZone ?? null,
            before: said.worked ? 0 : ahead.context.pauseAttempt,
            dropsPrompt: known?.dropsRefusedPrompt === true && !said.worked && !hasGoneOn(run),
            now,
            chance,
          },
          pauses,
        );
  if (pause !== null) return turnPaused(ahead, pause, now);
  return stopReason === null ? runFailed(ahead, failure, now) : turnEnded(ahead, stopReason, now, failure);
};

const firstFloodPauseMs = 5 * 60_000;
const longestFloodPauseMs = 60 * 60_000;

/** The pause of an agent that floods its model: longer each time. */
export const floodPause = (ahead: RunSnapshot, message: string, now: Timestamp): Payload<'paused'> => {
  const before = ahead.context.pauseAttempt;
  const wait = Math.min(longestFloodPauseMs, firstFloodPauseMs * 2 ** Math.min(before, 10));
  return { why: 'flood', until: now + wait, known: false, attempt: before + 1, message, again: 'continue' };
};

/** Whether it was told to go on already: then its prompt is in its history. */
const hasGoneOn = (run: Run): boolean => run.ahead().context.again === 'continue';
