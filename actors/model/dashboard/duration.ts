const secondMs = 1000;
const minuteMs = 60 * secondMs;

/**
 * How long something took: `0.4 s`, `12 s`, `3 min 5 s`.
 * @example
 * durationText(400) // => '0.4 s'
 * durationText(185_000) // => '3 min 5 s'
 */
export const durationText = (ms: number): string => {
  if (ms < 10 * secondMs) return `${(Math.max(0, ms) / secondMs).toFixed(1)} s`;
  if (ms < minuteMs) return `${Math.round(ms / secondMs)} s`;
  const seconds = Math.round(ms / secondMs);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};
