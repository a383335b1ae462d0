/** Of a request that tells nothing of what it is for, that is said: nobody is to take it for harmless. */
import type { AskedFor } from '../facts/events.ts';

/** What stands in place of a title that the agent did not give. */
export const nothingSaid = 'the agent did not say what it wants to do';

/** What of a request tells what it is for. */
export type Told = Pick<AskedFor, 'input' | 'diffs' | 'locations' | 'text' | 'parts' | 'question'> & {
  readonly title: string;
  readonly toolCallId: string;
};

/**
 * Whether a request says nothing of what is to be done: it has no title but the id of its call, no input, no edit, no
 * words, no place, and is no form and no page.
 * @example
 * saysNothing({ title: 'call_1', toolCallId: 'call_1', input: {} }) // => true
 * saysNothing({ title: 'call_1', toolCallId: 'call_1', input: { command: 'make' } }) // => false
 * saysNothing({ title: 'Run make', toolCallId: 'call_1' }) // => false
 */
export const saysNothing = ({ title, toolCallId, input, diffs, locations, text, parts, question }: Told): boolean =>
  ['', toolCallId, nothingSaid].includes(title.trim()) &&
  isEmpty(input) &&
  isEmpty(diffs) &&
  isEmpty(locations) &&
  isEmpty(text?.text) &&
  isEmpty(parts) &&
  question?.form === undefined &&
  question?.url === undefined;

const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && Object.keys(value).length === 0;
};
