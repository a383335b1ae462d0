/** Figures of the actors as they are read. */

/** `12 MB`. */
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000).toLocaleString()} MB`;

/** `0.4 ms`, `35 ms`, `1.2 s`. */
export const milliseconds = (ms: number): string => {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
};

/** `340 B/s`, `12 kB/s`, `1.4 MB/s`. */
export const bytesPerSecond = (rate: number): string => {
  if (rate < 1_000) return `${Math.round(rate)} B/s`;
  return rate < 1_000_000 ? `${Math.round(rate / 1_000)} kB/s` : `${(rate / 1_000_000).toFixed(1)} MB/s`;
};
