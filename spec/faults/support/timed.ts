/** How long things took, for the figures of docs/RELIABILITY.md; nothing is judged by it. */
import { quantile } from '../../../bench/statistics.ts';

/** Milliseconds that `body` takes. */
export const timed = async (body: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await body();
  return performance.now() - from;
};

/** What durations in milliseconds come to, in words. Raises for none. */
export const milliseconds = (durations: readonly number[]): string => {
  const at = (share: number): string => quantile(durations, share).toFixed(quantile(durations, share) < 10 ? 1 : 0);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, at most ${at(1)} ms`;
};
