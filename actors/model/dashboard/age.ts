const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * How long ago, in one compact word: `now`, `12s`, `3m`, `5h`, `9d`. A clock that jumped back gives `now`.
 * @example
 * compactAge(0, 12_400) // => '12s'
 * compactAge(5_000, 0) // => 'now'
 */
export const compactAge = (thenMs: number, nowMs: number): string => {
  const ms = nowMs - thenMs;
  if (ms < secondMs) return 'now';
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)}s`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)}m`;
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)}h`;
  return `${Math.floor(ms / dayMs)}d`;
};
