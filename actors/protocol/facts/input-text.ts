/**
 * What a tool is called with, as text for people: in the window and on the command line the same, for whoever answers a
 * request for approval is to read all of it.
 */
import type { StoredText } from './events.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A text alone, and a command alone, as it is; several fields one below the other, so that what is asked for can be read
 * without quotes and escapes; anything else as JSON. Nothing is left out: what the log itself had to bound comes with
 * the size of the whole.
 */
export const inputText = (input: unknown): StoredText => {
  const bounded = boundedIn(input);
  if (bounded !== null) return bounded;
  if (typeof input === 'string') return { text: input };
  const fields = fieldsOf(input);
  const names = Object.keys(fields);
  const { command } = fields;
  // With other fields beside it, it is one of them: where it is run, or with what, may matter more than itself.
  if (names.length === 1 && typeof command === 'string') return { text: command };
  return { text: names.length > 0 ? linesOf(fields, 0) : jsonText(input) };
};

/** The text that says what an input is: itself, or its command. Null when it has none. */
export const commandIn = (input: unknown): string | null => {
  const command = typeof input === 'string' ? input : fieldsOf(input).command;
  return typeof command === 'string' ? command : null;
};

/**
 * How much of a bounded text is kept, in bytes of UTF-8. Between its head and tail stands a line of ours that says how
 * much is not, and whose length follows from that.
 */
export const keptBytes = (text: string, wholeBytes: number): number => {
  const stored = new TextEncoder().encode(text).length;
  const lineWithoutNumber = new TextEncoder().encode(leftOutLine('')).length;
  for (let digits = 1; digits < 16; digits += 1) {
    const kept = stored - lineWithoutNumber - digits;
    if (String(wholeBytes - kept).length === digits) return kept;
  }
  return stored;
};

/** The line between the head and the tail of a text that the log had to bound. */
export const leftOutLine = (bytes: number | ''): string => `\n… ${bytes} bytes left out …\n`;

/**
 * A value that was too large for the log, as `storedValue` keeps it: the head and tail of its JSON. An agent may send
 * one that looks like it, so there is to be nothing in it that would not be shown.
 */
const boundedIn = (input: unknown): StoredText | null => {
  const bounded = fieldsOf(fieldsOf(input).truncatedJson);
  const { text, truncated } = bounded;
  const { bytes, sha256 } = fieldsOf(truncated);
  const hasMore = [fieldsOf(input), bounded, fieldsOf(truncated)].some(
    (fields, depth) => Object.keys(fields).length > (depth === 0 ? 1 : 2),
  );
  if (hasMore) return null;
  return typeof text === 'string' && typeof bytes === 'number' && typeof sha256 === 'string'
    ? { text, truncated: { bytes, sha256 } }
    : null;
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
  typeof value === 'string' && value.trim() !== '' ? value.trimEnd() : jsonText(value);

const jsonText = (value: unknown): string => {
  try {
    return JSON.stringify(value, null, 2) ?? '';
  } catch {
    return String(value);
  }
};

const nothing: Fields = Object.freeze({});

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : nothing;
