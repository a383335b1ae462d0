/**
 * A count that fits in a column: `812`, `4.1k`, `38k`, `1.2M`.
 * @example
 * compactCount(812) // => '812'
 * compactCount(38_400) // => '38k'
 * compactCount(1_200_000) // => '1.2M'
 */
export const compactCount = (count: number): string => {
  if (count < 1_000) return String(Math.round(count));
  const [value, unit] = count < 999_500 ? [count / 1_000, 'k'] : [count / 1_000_000, 'M'];
  return `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)}${unit}`;
};

/** Money with as many digits as tell something: `$0.034`, `$1.20`, `€12.50`. */
export const compactCost = (cost: { readonly amount: number; readonly currency: string }): string => {
  const digits = cost.amount > 0 && cost.amount < 0.1 ? 3 : 2;
  try {
    return new Intl.NumberFormat(undefined, {
      style: 'currency',
      currency: cost.currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(cost.amount);
  } catch {
    // A currency is whatever the agent calls one.
    return `${cost.amount.toFixed(digits)} ${cost.currency}`;
  }
};
