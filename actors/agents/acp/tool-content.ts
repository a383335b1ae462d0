/** The content of a tool call: what it says, what it changes, what it shows, and which terminals it shows. */
import * as z from 'zod';
import { jsonOf, storedText } from '../../model/run/stored-text.ts';
import type { ContentPart } from '../../protocol/facts/content-part.ts';
import type { Diff } from '../../protocol/facts/events.ts';
import { textOf } from './content-block.ts';
import { partOf } from './part-of.ts';

export type ToolContent = {
  /** Its texts, a line apart; null when it has none. */
  readonly text: string | null;
  readonly diffs: readonly Diff[];
  /** Every block that is neither text nor diff. */
  readonly parts: readonly ContentPart[];
  readonly terminalIds: readonly string[];
};

const maxBlocks = 200;
/** All parts together may take this many times what one text may. */
const partsTimesText = 4;

const wrapped = z.looseObject({ type: z.literal('content'), content: z.unknown() });
const changed = z.looseObject({
  type: z.literal('diff'),
  path: z.string(),
  oldText: z.string().nullish().catch(null),
  newText: z.string(),
});
const shownTerminal = z.looseObject({ type: z.literal('terminal'), terminalId: z.string().max(200) });

/** What a call's content holds, each text of it bounded to `maxBytes` of UTF-8. Odd blocks are unknown parts. */
export const toolContent = (content: readonly unknown[], maxBytes: number): ToolContent => {
  const texts: string[] = [];
  const diffs: Diff[] = [];
  const parts: ContentPart[] = [];
  const terminalIds: string[] = [];
  let left = partsTimesText * maxBytes;

  const show = (part: ContentPart | null): void => {
    if (part === null) return;
    left = Math.max(0, left - (jsonOf(part)?.length ?? 0));
    parts.push(part);
  };

  for (const entry of content.slice(0, maxBlocks)) {
    const diff = changed.safeParse(entry);
    const terminal = shownTerminal.safeParse(entry);
    // Some agents leave the wrapping out.
    const inner = wrapped.safeParse(entry);
    const block = inner.success ? (inner.data.content ?? entry) : entry;
    const text = textOf(block);
    if (diff.success) {
      const { path, oldText, newText } = diff.data;
      diffs.push({
        path: storedText(path, maxBytes).text,
        oldText: typeof oldText === 'string' ? storedText(oldText, maxBytes) : null,
        newText: storedText(newText, maxBytes),
      });
    } else if (terminal.success) {
      const { terminalId } = terminal.data;
      terminalIds.push(terminalId);
      show({ type: 'terminal', terminalId });
    } else if (text !== null) texts.push(text);
    else show(partOf(block, Math.min(maxBytes, left)));
  }
  if (content.length > maxBlocks) {
    show({ type: 'unknown', name: 'more', value: { blocks: content.length - maxBlocks } });
  }
  return { text: texts.length === 0 ? null : texts.join('\n'), diffs, parts, terminalIds };
};
