const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const isUnit = (word: string): word is keyof typeof unitMs => Object.hasOwn(unitMs, word);

/**
 * The moment that a person means: so long before `now` (`90s`, `10m`, `2h`, `3d`), an hour of today where they are, or a
 * date with or without a time, of their own zone unless it names one. In milliseconds; null when it is no moment.
 * @example
 * pointInTime('2m', 1_000_000) // => 880_000
 */
export const pointInTime = (text: string, now: number): number | null => {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== undefined && isUnit(unit)) return now - Number(count) * unitMs[unit];
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hour !== undefined) return new Date(now).setHours(Number(hour), Number(minute), 0, 0);
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/.test(text)) return null;
  // A date alone would be taken for one of UTC.
  const at = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
  return Number.isNaN(at) ? null : at;
};
