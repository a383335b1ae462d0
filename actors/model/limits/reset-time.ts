/**
 * When a limit is lifted, as agents and their providers word it: a span ("Resets in 2h30m0s"), a time of the day with or
 * without its date and zone ("resets Dec 5, 1:32am (UTC)"), or ISO 8601. Pure: the time now and the zone of a time
 * without one are given.
 */

const second = 1_000;
const day = 86_400 * second;
/** Nothing that is further off is believed: monthly limits are the longest there are. */
const furthest = 40 * day;
const readCharacters = 2_048;

const units: Readonly<Record<string, number>> = { d: day, h: 3_600 * second, m: 60 * second, s: second };

const iso = /\b(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))/iu;
const span =
  /\b(?:in|after)\s+((?:\d+(?:\.\d+)?\s*(?:days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)\b[\s,]*(?:and\s+)?|\d+(?:\.\d+)?[dhms])+)/iu;
const spanPart = /(\d+(?:\.\d+)?)\s*([dhms])/giu;
const clock =
  /\b(?:resets?|again)\b(?:\s+(?:at|on))?\s+(?:(?<month>[a-z]{3})[a-z]*\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?,?(?:\s+(?<year>\d{4}),?)?\s+(?:at\s+)?)?(?<hour>\d{1,2})(?::(?<minute>\d\d))?\s*(?<half>am|pm)\b(?:\s*\((?<zone>[\w/+-]{1,40})\))?/iu;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * The time that a text names, in milliseconds UTC; null where it names none that lies ahead. `zone` is that of times
 * without one (an IANA name); null: this process's.
 * @example
 * const now = Date.UTC(2026, 10, 30, 10, 14);
 * resetTimeIn('Individual quota reached. Resets in 2h30m0s.', now, null) // => Date.UTC(2026, 10, 30, 12, 44)
 * resetTimeIn("You've hit your 5-hour limit · resets 12:45pm (UTC)", now, null) // => Date.UTC(2026, 10, 30, 12, 45)
 * resetTimeIn('try again at Dec 5th, 2026 1:29 AM.', now, 'UTC') // => Date.UTC(2026, 11, 5, 1, 29)
 * resetTimeIn('Too many requests', now, null) // => null
 */
export const resetTimeIn = (text: string, now: number, zone: string | null): number | null => {
  const read = text.slice(0, readCharacters);
  const time = isoIn(read) ?? spanIn(read, now) ?? clockIn(read, now, zone);
  return time !== null && isBelievable(time, now) ? time : null;
};

/** Whether a limit can be lifted at this time: agents name others as well, and all of an account would wait for them. */
export const isBelievable = (time: number, now: number): boolean => time > now && time - now <= furthest;

const isoIn = (text: string): number | null => {
  const time = Date.parse(iso.exec(text)?.[1] ?? '');
  return Number.isNaN(time) ? null : time;
};

const spanIn = (text: string, now: number): number | null => {
  const found = span.exec(text)?.[1];
  if (found === undefined) return null;
  let sum = 0;
  for (const [, amount, unit] of found.matchAll(spanPart))
    sum += Number(amount) * (units[unit?.toLowerCase() ?? ''] ?? 0);
  return sum === 0 ? null : now + Math.ceil(sum);
};

const clockIn = (text: string, now: number, zoneOfText: string | null): number | null => {
  const found = clock.exec(text)?.groups;
  if (found === undefined) return null;
  const { month, day: date, year, hour, minute, half, zone = zoneOfText ?? undefined } = found;
  const hours = (Number(hour) % 12) + (half?.toLowerCase() === 'pm' ? 12 : 0);
  const clockTime = { hours, minutes: Number(minute ?? 0) };
  const today = datesIn(now, zone);
  if (month === undefined) {
    const at = timeOf({ ...today, ...clockTime }, zone);
    // A time that is past today is tomorrow's.
    return at > now ? at : timeOf({ ...today, date: today.date + 1, ...clockTime }, zone);
  }
  const named = { month: months.indexOf(month.toLowerCase()), date: Number(date), ...clockTime };
  if (named.month < 0) return null;
  const at = timeOf({ year: Number(year ?? today.year), ...named }, zone);
  return at > now || year !== undefined ? at : timeOf({ year: today.year + 1, ...named }, zone);
};

type Dates = { readonly year: number; readonly month: number; readonly date: number };
type Wall = Dates & { readonly hours: number; readonly minutes: number };

const datesIn = (time: number, zone: string | undefined): Dates => {
  const wall = new Date(time + offsetOf(time, zone));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth(), date: wall.getUTCDate() };
};

const timeOf = ({ year, month, date, hours, minutes }: Wall, zone: string | undefined): number => {
  const wall = Date.UTC(year, month, date, hours, minutes);
  // The offset at that wall time, looked at twice as it may change in between.
  const near = wall - offsetOf(wall, zone);
  return wall - offsetOf(near, zone);
};

/** How far the zone's clocks are ahead of UTC then, in milliseconds. An unknown one is this process's. */
const offsetOf = (time: number, zone: string | undefined): number => {
  if (zone === undefined) return -new Date(time).getTimezoneOffset() * 60_000;
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    }).formatToParts(time);
    const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
    const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'));
    return wall - Math.floor(time / 60_000) * 60_000;
  } catch {
    return offsetOf(time, undefined);
  }
};
