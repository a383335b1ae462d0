/** How what is told of a tool call adds up, and what a plan says. */
import type { StoredText } from '../../../actors/protocol/facts/events.ts';
import type { PlanEntry, ToolItem } from './item.ts';
import { diffsIn, type Fields, fieldsOf, listIn, storedTextOf, textIn } from './payload.ts';

/** A call, or what an agent told of it later: only what is new. */
export const withCall = (item: ToolItem, fields: Fields): ToolItem => {
  const locations = listIn(fields, 'locations').flatMap((value) => textIn(fieldsOf(value), 'path') ?? []);
  const appended = storedTextOf(fields.outputAppended);
  return {
    ...item,
    title: textIn(fields, 'title') ?? item.title,
    toolKind: textIn(fields, 'kind') ?? item.toolKind,
    input: fields.input === undefined ? item.input : fields.input,
    locations: locations.length === 0 ? item.locations : locations,
    output: appended === null || item.result !== null ? item.output : joined(item.output, appended),
  };
};

/** The result: its output is the whole, in place of the pieces that came before. */
export const withResult = (item: ToolItem, fields: Fields, at: number): ToolItem => {
  const diffs = diffsIn(fields);
  return {
    ...item,
    title: textIn(fields, 'title') ?? item.title,
    output: storedTextOf(fields.output) ?? item.output,
    diffs: diffs.length === 0 ? item.diffs : diffs,
    rawOutput: fields.rawOutput,
    result: fields.status === 'failed' ? 'failed' : 'completed',
    endedAt: at,
  };
};

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
