const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/**
 * A length of time as people write it, in milliseconds; or what is wrong with it.
 * @example
 * readDuration('90s') // => 90000
 * readDuration('5') // => { wrong: '"5" has no unit', advice: 'write "5m" or "5s"' }
 */
export const readDuration = (text: string): number | { readonly wrong: string; readonly advice: string } => {
  const [, number, unit] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  if (number !== undefined && (unit === 's' || unit === 'm' || unit === 'h')) return Number(number) * unitMs[unit];
  const quoted = JSON.stringify(text.slice(0, 60));
  if (/^\d{1,6}$/.test(text)) return { wrong: `${quoted} has no unit`, advice: `write "${text}m" or "${text}s"` };
  return { wrong: `${quoted} is no length of time`, advice: 'write "90s", "5m" or "1h"' };
};
