/** What has to be looked at twice to say anything: shares and rates, from one look to the next. */
import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { Worker } from 'node:worker_threads';

export type Gauges = {
  /** The share of the time since the last look in which a thread was at work. Read from outside, so also of one that hangs. */
  readonly utilisation: (thread: Worker | 'main') => number;
  /** How fast a count grew since the last look. What is counted anew (a thread was replaced) begins at 0. */
  readonly perSecond: (name: string, count: number) => number;
  /** Forgets what was not looked at since the last call. */
  readonly forgetGone: () => void;
};

export const createGauges = (now: () => number = () => performance.now()): Gauges => {
  const loops = new WeakMap<object, EventLoopUtilization>();
  let counts = new Map<string, { readonly count: number; readonly at: number }>();
  let seen = new Map<string, { readonly count: number; readonly at: number }>();

  return {
    utilisation: (thread) => {
      const source = thread === 'main' ? performance : thread.performance;
      const before = loops.get(source);
      const loop = source.eventLoopUtilization();
      loops.set(source, loop);
      const share = before === undefined ? 0 : source.eventLoopUtilization(loop, before).utilization;
      return Number.isFinite(share) ? Math.round(Math.min(1, Math.max(0, share)) * 1_000) / 1_000 : 0;
    },
    perSecond: (name, count) => {
      const at = now();
      const before = counts.get(name);
      seen.set(name, { count, at });
      if (before === undefined || count < before.count || at <= before.at) return 0;
      return Math.round(((count - before.count) / (at - before.at)) * 1_000);
    },
    forgetGone: () => {
      counts = seen;
      seen = new Map();
    },
  };
};
