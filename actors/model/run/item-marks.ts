/** By what two tellings of one thing are known to be the same: hashes of what was said, without its white space. */
import { createHash, type Hash } from 'node:crypto';
import type { Fact } from '../../protocol/facts/events.ts';
import { jsonOf } from './stored-text.ts';

type Spoken = Extract<Fact, { readonly type: 'message' | 'thinking' }>;
type OfTool = Extract<Fact, { readonly type: 'tool_call' | 'tool_result' | 'approval_requested' }>;

/** Larger inputs are stored in part, which is not the same part everywhere. */
const maxMarkedInputCharacters = 4_096;

/** 16 characters of a hash: few enough to keep for each of many, enough that no two texts share them. */
export const shortHash = (hash: Hash): string => hash.digest('base64url').slice(0, 16);

export const hashOfText = (text: string): string => shortHash(createHash('sha256').update(text, 'utf16le'));

/** A text without its white space. */
export const squeezed = (text: string): string => text.replace(/\s+/gu, '');

/** What a message says, as it is compared: its text without white space, or a mark of what it shows. */
export const saidIn = ({ payload }: Spoken): string => {
  const text = squeezed(payload.text);
  const shown = payload.parts ?? payload.content;
  return shown === undefined ? text : `${text}\u0000${hashOfText(jsonOf(shown) ?? '')}`;
};

/** What a fact tells of a tool call that the call can be known by. */
export const marksIn = ({ payload }: OfTool): readonly string[] => {
  const marks: string[] = [];
  if (payload.title) marks.push(hashOfText(`title ${squeezed(payload.title)}`));
  const input = 'input' in payload && payload.input !== undefined ? jsonOf(payload.input) : null;
  if (input !== null && input !== '{}' && input.length <= maxMarkedInputCharacters) {
    marks.push(hashOfText(`input ${input}`));
  }
  return marks;
};
