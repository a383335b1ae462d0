/** What of an event can be searched. Pure. */
import type { ContentPart } from '../protocol/facts/content-part.ts';
import type { Fact } from '../protocol/facts/events.ts';
import { partName } from '../protocol/facts/part-name.ts';
import { rawOutputText } from '../protocol/facts/raw-output-text.ts';

/** More of one event than this is not searched: the beginning of a giant output names what it is about. */
export const maxSearchedCharacters = 16_000;

/** The text of an event that people look for; null for one that has none. */
export const searchableText = (fact: Fact): string | null => {
  const text = partsOf(fact).filter((part) => part !== undefined && part !== '');
  return text.length === 0 ? null : cleaned(text.join('\n').slice(0, maxSearchedCharacters));
};

/**
 * Text without the two characters that mark matches, without the NUL at which SQLite would end it, and without halves
 * of characters, which would not read back as they were written.
 */
const cleaned = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  text.replace(/[\u0000-\u0002]/g, ' ').replace(/\p{Cs}/gu, '\ufffd');

const partsOf = (fact: Fact): readonly (string | undefined)[] => {
  switch (fact.type) {
    case 'prompt':
    case 'message':
    case 'thinking':
      return [fact.payload.text];
    case 'tool_call':
      return [
        fact.payload.title,
        ...(fact.payload.locations?.map(({ path }) => path) ?? []),
        leavesOf(fact.payload.input),
        fact.payload.outputAppended?.text,
      ];
    case 'tool_result':
      return [
        fact.payload.title,
        fact.payload.output?.text,
        ...(fact.payload.diffs?.flatMap(({ path, newText }) => [path, newText.text]) ?? []),
        ...(fact.payload.output === undefined ? [rawOutputText(fact.payload.rawOutput)?.text] : []),
        ...textsOf(fact.payload.parts),
      ];
    case 'plan':
      return fact.payload.entries.map(({ content }) => content);
    case 'approval_requested':
      return [fact.payload.title];
    case 'error':
      return [fact.payload.message, fact.payload.hint, fact.payload.detail?.text];
    default:
      return [];
  }
};

/** Parts by what they are called, and what they say. */
const textsOf = (parts: readonly ContentPart[] = []): readonly (string | undefined)[] =>
  parts.flatMap((part) => [
    ...(part.type === 'text' ? [] : [partName(part)]),
    ...(part.type === 'text' || part.type === 'resource' ? [part.text?.text] : []),
  ]);

const maxLeaves = 200;
const maxDepth = 8;

/** The texts within a tool's input, which is whatever the agent makes of it. */
const leavesOf = (input: unknown): string => {
  const leaves: string[] = [];
  const walk = (value: unknown, depth: number): void => {
    if (leaves.length >= maxLeaves || depth > maxDepth) return;
    if (typeof value === 'string' || typeof value === 'number') leaves.push(String(value));
    else if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) walk(inner, depth + 1);
  };
  walk(input, 0);
  return leaves.join('\n');
};
