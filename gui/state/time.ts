const clockTime = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** `14:02`. */
export const timeOfDay = (ms: number): string => clockTime.format(ms);

/** `14:02`, with the day where that is not today. */
export const nearTime = (ms: number): string =>
  new Date(ms).toDateString() === new Date().toDateString() ? timeOfDay(ms) : `${shortDate(ms)}, ${timeOfDay(ms)}`;

/** `12 Mar`. */
export const shortDate = (ms: number): string => dayAndMonth.format(ms);

/** Day and time in full, for a title. */
export const fullTime = (ms: number): string => dayAndTime.format(ms);
