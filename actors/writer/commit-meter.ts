/**
 * Counts the writer's commits, and while somebody looks times them. When nobody does, a commit costs two additions more
 * than without it.
 */

import { spreadOf } from '../model/inspection/spread.ts';
import type { Position } from '../protocol/facts/ids.ts';
import type { WriterSelfSample } from '../protocol/gateway/actor-system.ts';
import type { CommitRequests } from './commit.ts';

/** How many commits the percentiles look at, and how many of them a sample names. */
const remembered = 512;
const named = 64;

type Timed = readonly [events: number, durationMs: number];

export type CommitMeter = {
  /** Commits, and counts it. Raises what the commit raises, which then does not count. */
  readonly commit: CommitRequests;
  /** What was counted; from the first call on commits are timed. */
  readonly sample: () => WriterSelfSample['commits'];
  /** Nobody looks any more: times are forgotten and no longer taken. */
  readonly rest: () => void;
};

export const createCommitMeter = (
  commit: CommitRequests,
  startPosition: Position,
  now: () => number = () => performance.now(),
): CommitMeter => {
  let position = startPosition;
  let count = 0;
  let timed: Timed[] | null = null;

  return {
    commit: (requests) => {
      const begun = timed === null ? 0 : now();
      const done = commit(requests);
      if (timed !== null) {
        timed.push([done.position - position, rounded(now() - begun)]);
        if (timed.length >= 2 * remembered) timed = timed.slice(-remembered);
      }
      count += 1;
      position = done.position;
      return done;
    },
    sample: () => {
      timed ??= [];
      const last = timed.slice(-remembered);
      const events = spreadOf(last.map(([size]) => size));
      const durationMs = spreadOf(last.map(([, duration]) => duration));
      return {
        count,
        events: position - startPosition,
        last: last.slice(-named).map(([size, duration]) => [size, duration]),
        spread: events === null || durationMs === null ? null : { events, durationMs },
      };
    },
    rest: () => {
      timed = null;
    },
  };
};

/** To the microsecond, which is as exact as the clock is here. */
const rounded = (milliseconds: number): number => Math.round(milliseconds * 1_000) / 1_000;
