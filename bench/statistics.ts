/** The value below which the given share (0 to 1) of the values lies. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((one, other) => one - other);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new RangeError('a quantile needs at least one value');
  return value;
};

/** The value in the middle: one slow repeat on a busy machine does not move it. */
export const median = (values: readonly number[]): number => {
  const middle = Math.floor(values.length / 2);
  const upper = quantile(values, 0.5);
  if (values.length % 2 === 1) return upper;
  return (upper + ([...values].sort((one, other) => one - other)[middle - 1] ?? upper)) / 2;
};

/** The ratio of each pair, in their order. */
export const ratios = (numerators: readonly number[], denominators: readonly number[]): readonly number[] =>
  numerators.map((numerator, index) => numerator / (denominators[index] ?? Number.NaN));
