/**
 * A number with its noun, with commas between thousands wherever it is said.
 * @example
 * counted(1, 'session') // => '1 session'
 * counted(3_412, 'file') // => '3,412 files'
 * counted(0, 'entry', 'entries') // => '0 entries'
 */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')} ${count === 1 ? one : many}`;
