/** What a request for approval is about, read out of what the agent told of it. Nothing of that is lost: see `rest`. */
import { saysNothing } from '../../../actors/protocol/asked/nothing-said.ts';
import { patchIn } from '../../../actors/protocol/asked/patch-text.ts';
import type { ApprovalItem } from './item.ts';
import { fieldsOf } from './payload.ts';

/** What is asked for, and the answers there are. */
export type Asked = Omit<ApprovalItem, 'kind' | 'key' | 'run' | 'seq' | 'at' | 'events' | 'recovered' | 'resolution'>;

export type WhatIsAsked = {
  readonly kind: 'question' | 'plan' | 'edit' | 'run' | 'other' | 'nothing';
  /** A patch that the agent sent as text. */
  readonly patch: string | null;
  readonly command: string | null;
  /** What the tool is called with besides; undefined when all of it is told by the others. */
  readonly rest: unknown;
};

export const whatIsAsked = (asked: Asked): WhatIsAsked => {
  const { question, toolKind, diffs } = asked;
  const patched = patchIn(asked.input);
  const input = patched === null ? asked.input : patched.rest;
  const command = isCommandOf(toolKind) ? commandText(fieldsOf(input).command) : null;
  const parts = { patch: patched?.patch ?? null, command, rest: restOf(input, command !== null, diffs) };
  if (question !== null) return { kind: 'question', ...parts };
  if (toolKind === 'switch_mode') return { kind: 'plan', ...parts };
  if (diffs.length > 0 || patched !== null) return { kind: 'edit', ...parts };
  if (command !== null) return { kind: 'run', ...parts };
  const told = { input, locations: asked.locations.map(({ path }) => ({ path })), text: asked.text ?? undefined };
  const isSilent =
    asked.parts.length === 0 && saysNothing({ ...told, title: titleOf(asked), toolCallId: asked.toolCallId });
  return { kind: isSilent ? 'nothing' : 'other', ...parts };
};

/** The name of a tool says no more than the id of a call. */
const titleOf = ({ title, toolName }: Asked): string => (title.trim() === toolName ? '' : title);

/** An editor has a `command`, too: `create`, `str_replace`. */
const isCommandOf = (toolKind: string | null): boolean =>
  toolKind === null || toolKind === 'execute' || toolKind === 'other';

/** A command as a shell would take it; one of several words has each quoted where that is needed. */
const commandText = (command: unknown): string | null => {
  if (typeof command === 'string') return command.trim() === '' ? null : command;
  if (!Array.isArray(command) || command.length === 0) return null;
  if (!command.every((word): word is string => typeof word === 'string')) return null;
  return command
    .map((word) => (/^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
};

/** Without what is a command, and without what the edits say word for word. */
const restOf = (input: unknown, hasCommand: boolean, diffs: Asked['diffs']): unknown => {
  if (input === undefined || input === null || input === '') return undefined;
  if (typeof input !== 'object' || Array.isArray(input)) return input;
  const told = new Set(
    diffs.flatMap(({ path, oldText, newText }) =>
      [path, oldText, newText].flatMap((text) => {
        if (text === null || typeof text === 'string') return text ?? [];
        return text.truncated === undefined ? [text.text] : [];
      }),
    ),
  );
  const rest = Object.entries(input).filter(
    ([name, value]) => !(hasCommand && name === 'command') && !(typeof value === 'string' && told.has(value)),
  );
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
};
