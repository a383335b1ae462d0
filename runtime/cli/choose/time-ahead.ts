import { pointInTime } from './point-in-time.ts';

/**
 * The moment ahead that a person means: in so long (`90s`, `10m`, `2h`, `3d`), an hour (`17:42`: today's, or tomorrow's
 * where that is past), or a date with or without a time. In milliseconds; null when it is no moment.
 * @example
 * timeAhead('2m', 1_000_000) // => 1_120_000
 */
export const timeAhead = (text: string, now: number): number | null => {
  const at = pointInTime(text, now);
  if (at === null) return null;
  if (/^\d+[smhd]$/.test(text)) return 2 * now - at;
  if (at > now || !/^\d{1,2}:\d\d$/.test(text)) return at;
  const tomorrow = new Date(at);
  return tomorrow.setDate(tomorrow.getDate() + 1);
};
