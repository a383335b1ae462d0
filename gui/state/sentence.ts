import { plainLine } from './plain-text.ts';

/**
 * Words of an error as a sentence: a capital at the beginning, a full stop at the end.
 * @example
 * sentence('the disk is full') // => 'The disk is full.'
 */
export const sentence = (words: string): string => {
  const line = plainLine(words);
  if (line === '') return '';
  return `${line.charAt(0).toLocaleUpperCase()}${line.slice(1)}${/[.!?…:]$/u.test(line) ? '' : '.'}`;
};

/** What happened and what to do about it, for an error that may carry a hint. */
export const sentencesOf = (error: unknown): string => {
  if (!(error instanceof Error)) return sentence(String(error));
  const hint = 'hint' in error && typeof error.hint === 'string' ? ` ${sentence(error.hint)}` : '';
  return sentence(error.message) + hint;
};
