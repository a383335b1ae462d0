const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** The hour and minute where the person is: `11:04`. */
export const clockTime = (at: number): string => {
  const date = new Date(at);
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
};

/** With the day: `30 Dec 11:04`. */
export const dayTime = (at: number): string => {
  const date = new Date(at);
  return `${date.getDate()} ${months[date.getMonth()] ?? ''} ${clockTime(at)}`;
};

/** Without the day where that is the same as now's. */
export const nearTime = (at: number, now: number): string =>
  new Date(at).toDateString() === new Date(now).toDateString() ? clockTime(at) : dayTime(at);
