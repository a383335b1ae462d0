/** Which step of a run wrote a line, by what the agent told of its edits. Pure. */
import * as z from 'zod';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';

export type Step = {
  readonly position: HistoryEvent['position'];
  readonly run: number;
  readonly seq: number;
  readonly type: string;
  readonly title: string | null;
  readonly at: HistoryEvent['occurredAt'];
};

/** An edit of a file that a step told of: its new text, where it told that. */
type Edit = {
  readonly path: string;
  readonly text: string | null;
  readonly before: string | null;
  readonly step: Step;
};

const text = z.looseObject({ text: z.string() });
const told = z.looseObject({
  toolCallId: z.string(),
  title: z.string().optional().catch(undefined),
  kind: z.string().optional().catch(undefined),
  diffs: z
    .array(z.looseObject({ path: z.string(), oldText: text.nullable(), newText: text }))
    .optional()
    .catch(undefined),
  locations: z
    .array(z.looseObject({ path: z.string() }))
    .optional()
    .catch(undefined),
});

const changing: ReadonlySet<string> = new Set(['edit', 'delete', 'move', 'write']);

/** Every edit that the events of a run tell of, in their order. A call's first event is its step. */
export const editsIn = (events: readonly HistoryEvent[]): readonly Edit[] => {
  const stepByCall = new Map<string, { readonly step: Step; readonly changes: boolean }>();
  const edits: Edit[] = [];
  for (const event of events) {
    if (event.type !== 'tool_call' && event.type !== 'tool_result' && event.type !== 'approval_requested') continue;
    const parsed = told.safeParse(event.payload);
    if (!parsed.success) continue;
    const { toolCallId, title = null, kind, diffs = [], locations = [] } = parsed.data;
    const before = stepByCall.get(toolCallId);
    const step: Step =
      before === undefined
        ? { position: event.position, run: event.run, seq: event.seq, type: event.type, title, at: event.occurredAt }
        : { ...before.step, title: before.step.title ?? title };
    const changes = before?.changes === true || changing.has(kind ?? '');
    stepByCall.set(toolCallId, { step, changes });
    for (const { path, oldText, newText } of diffs) {
      edits.push({ path, text: newText.text, before: oldText?.text ?? null, step });
    }
    if (changes && diffs.length === 0) {
      for (const { path } of locations) edits.push({ path, text: null, before: null, step });
    }
  }
  // Where a call shows what it changed, what it only names is no other change.
  const shown = new Set(edits.filter((edit) => edit.text !== null).map(({ step }) => step.position));
  return edits.filter((edit) => edit.text !== null || !shown.has(edit.step.position));
};

/**
 * For each line of a file the last edit that brought it; of those that tell no text, the last. Null where no step names
 * it. `names` are the paths that the file may be told by: whole, or from the worktree's top.
 *
 * Each text is read once, however many lines are asked for: an agent may have told of a large file again and again.
 */
export const stepsOfFile = (edits: readonly Edit[], names: readonly string[]): ((line: string) => Step | null) => {
  const ofFile = edits.filter(({ path }) => names.includes(path));
  const stepByLine = new Map<string, Step>();
  for (const { text: after, before, step } of ofFile) {
    if (after === null) continue;
    const old = linesOf(before ?? '');
    for (const line of linesOf(after)) if (before === null || !old.has(line)) stepByLine.set(line, step);
  }
  const untold = ofFile.findLast((edit) => edit.text === null)?.step ?? null;
  return (line) => stepByLine.get(line) ?? untold;
};

const linesOf = (whole: string): ReadonlySet<string> => new Set(whole.split(/\r?\n/));
