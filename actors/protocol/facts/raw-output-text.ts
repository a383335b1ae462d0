/**
 * What a tool gave back, as text for people, where the agent told it only in the tool's own form. In the window and on
 * the command line the same, and without the schemas. It may leave out what is beside the words: the log has it all.
 */
import type { StoredText } from './content-part.ts';
import { inputText } from './input-text.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The fields in which tools keep what they say, the best first. */
const wordFields = ['formatted_output', 'aggregated_output', 'output', 'text', 'content', 'result', 'message', 'error'];
/** Agents nest as deep as they like. */
const maxDepth = 4;

/**
 * A text as it is; of an object the words of a field that is known for them; anything else field by field, as an input
 * is shown. Null when it says nothing.
 * @example
 * rawOutputText({ stdout: 'a', stderr: 'b', exit: 0 }) // => { text: 'a\nb' }
 * rawOutputText({ content: [{ type: 'text', text: 'a' }] }) // => { text: 'a' }
 * rawOutputText({ matches: 3 }) // => { text: 'matches: 3' }
 * rawOutputText('') // => null
 */
export const rawOutputText = (rawOutput: unknown): StoredText | null => {
  if (rawOutput === undefined || rawOutput === null) return null;
  const words = wordsIn(rawOutput, 0);
  const told = words === null ? inputText(rawOutput) : { text: words };
  return told.text.trim() === '' || told.text === '{}' || told.text === '[]' ? null : told;
};

/** The words of a value; null when it has no place that is known for them. */
const wordsIn = (value: unknown, depth: number): string | null => {
  if (typeof value === 'string') return value;
  if (depth === maxDepth || typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) {
    // A list of content blocks, as tools of the Model Context Protocol give it.
    const texts = value.flatMap((block) => wordsIn(fieldOf(block, 'text'), maxDepth - 1) ?? []);
    return texts.length === 0 ? null : texts.join('\n');
  }
  // What a command printed is one text, though a stream may be empty.
  const streams = ['stdout', 'stderr'].flatMap((name) => wordsIn(fieldOf(value, name), maxDepth - 1) ?? []);
  const found = wordFields.flatMap((name) => wordsIn(fieldOf(value, name), depth + 1) ?? []);
  const said = [...found, streams.filter((text) => text !== '').join('\n')].find((text) => text !== '');
  return said ?? (found.length + streams.length > 0 ? '' : null);
};

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Fields)[name] : undefined;
