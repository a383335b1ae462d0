/**
 * Reads payloads without their schemas: the gateway has checked what it sends, and the schema library is larger than
 * the whole window. What does not fit reads as missing, and never raises.
 */
import type { Diff, StoredText } from '../../../actors/protocol/facts/events.ts';

export type Fields = Readonly<Record<string, unknown>>;

const nothing: Fields = Object.freeze({});

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : nothing;

export const textIn = (fields: Fields, name: string): string | null => {
  const value = fields[name];
  return typeof value === 'string' ? value : null;
};

export const numberIn = (fields: Fields, name: string): number | null => {
  const value = fields[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};

export const listIn = (fields: Fields, name: string): readonly unknown[] => {
  const value = fields[name];
  return Array.isArray(value) ? value : [];
};

/** A text as the log keeps it; null when there is none. */
export const storedTextOf = (value: unknown): StoredText | null => {
  const fields = fieldsOf(value);
  const text = textIn(fields, 'text');
  if (text === null) return null;
  const truncated = fieldsOf(fields.truncated);
  const bytes = numberIn(truncated, 'bytes');
  return bytes === null ? { text } : { text, truncated: { bytes, sha256: textIn(truncated, 'sha256') ?? '' } };
};

export const diffsIn = (fields: Fields): readonly Diff[] =>
  listIn(fields, 'diffs').flatMap((value) => {
    const diff = fieldsOf(value);
    const path = textIn(diff, 'path');
    const newText = storedTextOf(diff.newText);
    return path === null || newText === null ? [] : [{ path, oldText: storedTextOf(diff.oldText), newText }];
  });
