import { displayWidth } from './display-width.ts';
import { wrap } from './wrap.ts';

/**
 * Text in lines of at most `columns`, each with the indent before it, the first with its own.
 * @example
 * wrapped('one two three', 9, '  ') // => ['  one two', '  three']
 */
export const wrapped = (text: string, columns: number, indent = '', first = indent): readonly string[] => {
  const room = columns - Math.max(displayWidth(indent), displayWidth(first));
  return wrap(text, room).map((line, index) => (index === 0 ? first : indent) + line);
};
