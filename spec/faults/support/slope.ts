/** A value that was looked at again and again, and when, in milliseconds. */
export type Sample = { readonly at: number; readonly value: number };

/** By how much a value grew each minute: the straight line with the least squares. Needs two samples. */
export const slopeOf = (samples: readonly Sample[]): number => {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middleAt, middle] = [mean(samples.map(({ at }) => at)), mean(samples.map(({ value }) => value))];
  const together = samples.reduce((sum, { at, value }) => sum + (at - middleAt) * (value - middle), 0);
  const spread = samples.reduce((sum, { at }) => sum + (at - middleAt) ** 2, 0);
  return (together / spread) * 60_000;
};
