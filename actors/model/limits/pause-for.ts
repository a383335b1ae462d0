/**
 * Whether a turn that was refused is a pause or the end of its run: a limit is waited for, a service that failed and a
 * lost connection are tried again with growing waits, so many times. Pure.
 */
import type { FailureKind, Payload } from '../../protocol/facts/events.ts';
import type { PauseSettings } from '../../protocol/threads/session-messages.ts';
import { isBelievable, resetTimeIn } from './reset-time.ts';

/** A turn that was refused. */
export type Refusal = {
  readonly kind: FailureKind | null;
  readonly message: string;
  /** When the limit is lifted, where the agent told that in a field. */
  readonly resetsAt: number | null;
  /** What the agent calls the limit. */
  readonly name: string | null;
  /** The zone of times without one. */
  readonly zone: string | null;
  /** How often in a row it was refused before, without any work in between. */
  readonly before: number;
  /** Whether the agent has forgotten the prompt that was refused. */
  readonly dropsPrompt: boolean;
  readonly now: number;
  /** From 0 to 1: those who wait for the same do not all come at once. */
  readonly chance: number;
};

const minute = 60_000;
/** So long after the time that was told: clocks differ. */
const marginMs = 5_000;
const firstProbeMs = 5 * minute;
const longestProbeMs = 60 * minute;
/** A limit that is never lifted ends the run after a good week of probes. */
const mostProbes = 200;
const firstRetryMs = 5_000;
const longestRetryMs = 5 * minute;

/** The pause that follows from a refusal; null: the run has failed. */
export const pauseFor = (refusal: Refusal, settings: PauseSettings): Payload<'paused'> | null => {
  const { kind, message, now, chance, before, dropsPrompt } = refusal;
  const attempt = before + 1;
  const again = dropsPrompt ? 'prompt' : 'continue';
  if (kind === 'limit') {
    if (!settings.waitsForLimits || attempt > mostProbes) return null;
    const told = refusal.resetsAt !== null && isBelievable(refusal.resetsAt, now) ? refusal.resetsAt : null;
    const until = told ?? resetTimeIn(message, now, refusal.zone);
    const name = refusal.name === null ? {} : { name: refusal.name.slice(0, 100) };
    return {
      why: 'limit',
      until: until === null ? now + grown(firstProbeMs, longestProbeMs, before, chance) : until + marginMs,
      known: until !== null,
      attempt,
      message,
      ...name,
      again,
    };
  }
  if ((kind !== 'service' && kind !== 'connection') || attempt > settings.retries) return null;
  const until = now + grown(firstRetryMs, longestRetryMs, before, chance);
  return { why: kind, until, known: false, attempt, message, again };
};

/** Twice as long each time, and by chance up to a fifth longer. */
const grown = (first: number, longest: number, before: number, chance: number): number =>
  Math.round(Math.min(longest, first * 2 ** Math.min(before, 20)) * (1 + chance / 5));
