/** How what is told of a tool call adds up, and what a plan says. */
import type { StoredText } from '../../../actors/protocol/facts/events.ts';
import type { Exit, Location, PlanEntry, ToolItem } from './item.ts';
import { partsIn } from './part.ts';
import { diffsIn, type Fields, fieldsOf, listIn, numberIn, storedTextOf, textIn } from './payload.ts';

/** A call, or what an agent told of it later: only what is new. */
export const withCall = (item: ToolItem, fields: Fields): ToolItem => {
  const locations = locationsIn(fields);
  const appended = storedTextOf(fields.outputAppended);
  const [diffs, parts] = [diffsIn(fields), partsIn(fields)];
  return {
    ...item,
    parent: textIn(fields, 'parentToolCallId') ?? item.parent,
    subagent: textIn(fields, 'subagent') ?? item.subagent,
    title: textIn(fields, 'title') ?? item.title,
    name: textIn(fields, 'name') ?? item.name,
    toolKind: textIn(fields, 'kind') ?? item.toolKind,
    input: fields.input === undefined ? item.input : fields.input,
    locations: locations.length === 0 ? item.locations : locations,
    output: appended === null || item.result !== null ? item.output : joined(item.output, appended),
    // Of a call whose run ended before it had a result.
    diffs: diffs.length === 0 ? item.diffs : diffs,
    parts: parts.length === 0 ? item.parts : parts,
    rawOutput: fields.rawOutput ?? item.rawOutput,
  };
};

/** The result: its output is the whole, in place of the pieces that came before. */
export const withResult = (item: ToolItem, fields: Fields, at: number): ToolItem => {
  const [diffs, parts] = [diffsIn(fields), partsIn(fields)];
  return {
    ...item,
    title: textIn(fields, 'title') ?? item.title,
    output: storedTextOf(fields.output) ?? item.output,
    diffs: diffs.length === 0 ? item.diffs : diffs,
    parts: parts.length === 0 ? item.parts : parts,
    rawOutput: fields.rawOutput ?? item.rawOutput,
    exit: exitIn(fields) ?? item.exit,
    result: fields.status === 'failed' ? 'failed' : 'completed',
    endedAt: at,
  };
};

export const locationsIn = (fields: Fields): readonly Location[] =>
  listIn(fields, 'locations').flatMap((value) => {
    const path = textIn(fieldsOf(value), 'path');
    return path === null ? [] : [{ path, line: numberIn(fieldsOf(value), 'line') }];
  });

const exitIn = (fields: Fields): Exit | null =>
  fields.exit === undefined
    ? null
    : { code: numberIn(fieldsOf(fields.exit), 'code'), signal: textIn(fieldsOf(fields.exit), 'signal') };

export const planEntriesIn = (fields: Fields): readonly PlanEntry[] =>
  listIn(fields, 'entries').map((value) => {
    const entry = fieldsOf(value);
    return {
      content: textIn(entry, 'content') ?? '',
      status: textIn(entry, 'status') ?? 'pending',
      priority: textIn(entry, 'priority'),
    };
  });

const joined = (before: StoredText | null, more: StoredText): StoredText => {
  if (before === null) return more;
  const text = before.text + more.text;
  const [earlier, later] = [before.truncated?.bytes ?? 0, more.truncated?.bytes ?? 0];
  // The sizes of pieces add up to no exact whole; the result's output, which replaces them, has it.
  return earlier + later === 0
    ? { text }
    : { text, truncated: { bytes: Math.max(earlier + later, text.length), sha256: '' } };
};
