import { type Fields, fieldsOf, textIn } from './payload.ts';
import { jsonText } from './quiet-text.ts';

/**
 * What a tool is called with: a command as it is, fields one below the other, so that what is asked for can be read
 * without quotes and escapes; anything else as JSON.
 */
export const inputText = (input: unknown): string => {
  if (typeof input === 'string') return input;
  const fields = fieldsOf(input);
  const command = textIn(fields, 'command');
  if (command !== null) return command;
  return Object.keys(fields).length > 0 ? linesOf(fields, 0) : jsonText(input, 2);
};

/** Deeper than this is JSON: an agent may nest as deep as it likes. */
const maxDepth = 4;

const linesOf = (fields: Fields, depth: number): string =>
  Object.entries(fields)
    .map(([name, value]) => fieldText(name, value, depth))
    .join('\n');

/** What is longer than a line is indented, so that a text cannot look like another field. */
const fieldText = (name: string, value: unknown, depth: number): string => {
  const label = /^[\w. -]+$/u.test(name) ? name : JSON.stringify(name);
  const inner = depth < maxDepth ? innerFields(value) : null;
  const text = inner === null ? valueText(value) : linesOf(inner, depth + 1);
  return inner !== null || /[\r\n\u2028\u2029]/u.test(text)
    ? `${label}:\n${text.replace(/^/gmu, '  ')}`
    : `${label}: ${text}`;
};

/** The fields of an object, or of a list that holds objects, by their numbers: several edits of one file are such. */
const innerFields = (value: unknown): Fields | null => {
  const isListOfObjects = Array.isArray(value) && value.some((one) => Object.keys(fieldsOf(one)).length > 0);
  const fields = isListOfObjects
    ? Object.fromEntries(value.map((one, index) => [String(index + 1), one]))
    : fieldsOf(value);
  return Object.keys(fields).length > 0 ? fields : null;
};

/** A text as it is, unless nothing of it would be seen. */
const valueText = (value: unknown): string =>
  typeof value === 'string' && value.trim() !== '' ? value.trimEnd() : jsonText(value, 2);
