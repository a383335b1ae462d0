import type { Spread } from '../../protocol/gateway/actor-system.ts';

/**
 * The middle, the 99th percentile (nearest rank) and the largest of some measurements; null of none.
 * @example
 * spreadOf([30, 10, 20]) // => { p50: 20, p99: 30, largest: 30 }
 * spreadOf([]) // => null
 */
export const spreadOf = (values: readonly number[]): Spread | null => {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share: number): number | undefined => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  const [p50, p99, largest] = [at(0.5), at(0.99), at(1)];
  return p50 === undefined || p99 === undefined || largest === undefined ? null : { p50, p99, largest };
};
