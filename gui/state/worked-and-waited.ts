import { durationText } from '../../actors/model/dashboard/duration.ts';

/** Shorter waits are nobody's patience. */
const leastWaitMs = 1000;

/**
 * How long something took, with what it waited for a person told apart from what it worked.
 * @example
 * workedAndWaited(121_000, 120_000) // => 'worked 1.0 s · waited 2 min 0 s'
 */
export const workedAndWaited = (tookMs: number, waitedMs: number): string =>
  waitedMs < leastWaitMs
    ? durationText(tookMs)
    : `worked ${durationText(Math.max(0, tookMs - waitedMs))} · waited ${durationText(waitedMs)}`;
