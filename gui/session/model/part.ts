/** What an agent, or a person, shows beside words: the parts of an event, read without their schemas. */
import type { StoredText } from '../../../actors/protocol/facts/events.ts';
import { type Fields, fieldsOf, listIn, numberIn, storedTextOf, textIn } from './payload.ts';

/** Bytes as the log keeps them; without `data` there were too many of them. */
type Bytes = {
  readonly mimeType: string | null;
  readonly bytes: number | null;
  readonly data: string | null;
  readonly uri: string | null;
};

export type Part =
  | { readonly kind: 'text'; readonly text: StoredText }
  | (Bytes & { readonly kind: 'image' })
  | (Bytes & { readonly kind: 'audio' })
  | {
      readonly kind: 'link';
      readonly uri: string;
      readonly name: string | null;
      readonly description: string | null;
      readonly bytes: number | null;
    }
  | {
      readonly kind: 'resource';
      readonly uri: string;
      readonly mimeType: string | null;
      readonly text: StoredText | null;
      readonly bytes: number | null;
    }
  | { readonly kind: 'terminal'; readonly terminalId: string }
  | { readonly kind: 'unknown'; readonly name: string; readonly value: unknown };

/** More than the log would take of one event. */
const mostParts = 200;

export const partsIn = (fields: Fields): readonly Part[] => listIn(fields, 'parts').slice(0, mostParts).map(partOf);

const partOf = (value: unknown): Part => {
  const fields = fieldsOf(value);
  const type = textIn(fields, 'type') ?? '?';
  const bytes = numberIn(fields, 'bytes');
  const mimeType = textIn(fields, 'mimeType');
  const uri = textIn(fields, 'uri');
  if (type === 'image' || type === 'audio') return { kind: type, mimeType, bytes, data: textIn(fields, 'data'), uri };
  if (type === 'link' && uri !== null) {
    const name = textIn(fields, 'title') ?? textIn(fields, 'name');
    return { kind: 'link', uri, name, description: textIn(fields, 'description'), bytes };
  }
  if (type === 'resource' && uri !== null) {
    return { kind: 'resource', uri, mimeType, text: storedTextOf(fields.text), bytes };
  }
  const text = storedTextOf(fields.text);
  if (type === 'text' && text !== null) return { kind: 'text', text };
  const terminalId = textIn(fields, 'terminalId');
  if (type === 'terminal' && terminalId !== null) return { kind: 'terminal', terminalId };
  return type === 'unknown'
    ? { kind: 'unknown', name: textIn(fields, 'name') ?? '?', value: fields.value }
    : { kind: 'unknown', name: type, value };
};
