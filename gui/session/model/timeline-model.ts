/**
 * From events to what a reader sees. Pieces of one message read as one item; a tool call, its updates and its result are
 * one; so are an approval and its answer. Appending costs what is new, and items that did not change stay the same
 * objects, so that only what changed is drawn again.
 */
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import { isToldType } from '../../../actors/protocol/facts/told-line.ts';
import { isWorkEventType } from '../../../actors/protocol/facts/work-line.ts';
import { createAt, createItem, isOutcome } from './create-item.ts';
import type { Item, ItemKind, PlanItem, RunItem, ToolItem } from './item.ts';
import { partsIn } from './part.ts';
import { type Fields, fieldsOf, textIn } from './payload.ts';
import { noWait, type PersonWait, waitBegun, waitEnded, waitedUntil } from './person-wait.ts';
import { type Place, placeKey } from './place.ts';
import { planEntriesIn, withCall, withResult } from './tool-item.ts';

export type TimelineModel = {
  /** In the session's order. The array is a new one after each change. */
  readonly items: () => readonly Item[];
  /** Takes the next events, in order. */
  readonly append: (events: readonly HistoryEvent[]) => void;
  /** The item that an event became part of. */
  readonly indexAt: (place: Place) => number | null;
  /** The newest plan of the newest run that has one. */
  readonly latestPlan: () => PlanItem | null;
};

export const createTimelineModel = (): TimelineModel => {
  const items: Item[] = [];
  const indexByPlace = new Map<string, number>();
  const indexByTool = new Map<string, number>();
  const indexByApproval = new Map<string, number>();
  const runIndexByRun = new Map<number, number>();
  const planIndexByRun = new Map<number, number>();
  const errorByRun = new Map<number, string>();
  const waitByRun = new Map<number, PersonWait>();
  /** The message that the next piece may continue; quiet items in between do not end it. */
  let open: number | null = null;
  /** The line of the last attempts to go on. */
  let retries: number | null = null;
  let copy: readonly Item[] | null = null;

  const own = (event: HistoryEvent, index: number): void => void indexByPlace.set(placeKey(event), index);

  const add = (item: Item, event: HistoryEvent): number => {
    const index = items.push(item) - 1;
    own(event, index);
    return index;
  };

  const change = <Kind extends ItemKind>(
    index: number,
    kind: Kind,
    event: HistoryEvent,
    changed: (item: Extract<Item, { kind: Kind }>) => Item,
  ): void => {
    const item = items[index];
    if (item === undefined || item.kind !== kind) return;
    // Checked in the line above, which the compiler does not follow for a generic kind.
    items[index] = { ...changed(item as Extract<Item, { kind: Kind }>), events: item.events + 1 } as Item;
    own(event, index);
  };

  const runOf = (event: HistoryEvent): number => {
    const known = runIndexByRun.get(event.run);
    if (known !== undefined) return known;
    const item: RunItem = {
      ...createAt(event),
      kind: 'run',
      key: `run:${event.run}`,
      events: 0,
      fromStart: event.seq === 1,
      outcome: null,
      endedAt: null,
    };
    const index = items.push(item) - 1;
    runIndexByRun.set(event.run, index);
    open = null;
    return index;
  };

  const speak = (event: HistoryEvent, kind: 'message' | 'thinking', fields: Fields): void => {
    const text = textIn(fields, 'text') ?? '';
    const messageId = textIn(fields, 'messageId');
    const parts = partsIn(fields);
    const [recovered, repeated] = [fields.recovered === true, fields.repeated === true];
    const subagent = textIn(fields, 'subagent');
    const last = open === null ? undefined : items[open];
    if (
      open !== null &&
      last?.kind === kind &&
      last.run === event.run &&
      last.messageId === messageId &&
      last.recovered === recovered &&
      last.repeated === repeated &&
      last.subagent === subagent &&
      // What is shown stands where it was shown: between what was said before it and after it.
      last.parts.length > 0 === parts.length > 0
    ) {
      change(open, kind, event, (item) => ({ ...item, text: item.text + text, parts: [...item.parts, ...parts] }));
      return;
    }
    open = add({ ...createAt(event), kind, text, messageId, recovered, repeated, subagent, parts }, event);
  };

  const tool = (event: HistoryEvent, fields: Fields): void => {
    const toolCallId = textIn(fields, 'toolCallId') ?? '';
    const key = `${event.run} ${toolCallId}`;
    const known = indexByTool.get(key);
    const index = known ?? items.length;
    if (known === undefined) {
      indexByTool.set(key, index);
      const recovered = fields.recovered === true;
      const empty = { parent: null, title: null, name: null, toolKind: null, input: undefined, output: null };
      const raw = { rawOutput: undefined, exit: null, locations: [], diffs: [], parts: [] };
      const begun = { ...raw, result: null, endedAt: null, awaitsApproval: false, refused: false, waitedMs: 0 };
      add({ ...createAt(event), kind: 'tool', toolCallId, ...empty, ...begun, recovered, events: 0 }, event);
    }
    change(index, 'tool', event, (item) =>
      event.type === 'tool_call' ? withCall(item, fields) : withResult(item, fields, event.occurredAt),
    );
  };

  const requested = (event: HistoryEvent, fields: Fields, index: number): void => {
    indexByApproval.set(textIn(fields, 'approvalId') ?? '', index);
    askOf(event.run, textIn(fields, 'toolCallId'), (call) => ({
      ...call,
      awaitsApproval: true,
      input: fields.input ?? call.input,
    }));
    const known = waitByRun.get(event.run);
    waitByRun.set(event.run, waitBegun(known ?? noWait, textIn(fields, 'approvalId') ?? '', event.occurredAt));
  };

  /** A request tells the input as whole as the log keeps it; what was told of it with the call may be less. */
  const askOf = (run: number, toolCallId: string | null, changed: (call: ToolItem) => ToolItem): void => {
    const index = indexByTool.get(`${run} ${toolCallId}`);
    const item = index === undefined ? undefined : items[index];
    if (index !== undefined && item?.kind === 'tool') items[index] = changed(item);
  };

  const resolved = (event: HistoryEvent, fields: Fields, made: Item): void => {
    const index = indexByApproval.get(textIn(fields, 'approvalId') ?? '');
    // Its request is further back than what is loaded.
    if (index === undefined) {
      add(made, event);
      return;
    }
    const outcome = textIn(fields, 'outcome') ?? '';
    const by = textIn(fields, 'by') ?? '';
    const optionId = textIn(fields, 'optionId');
    const always = fields.always === true;
    const resolution = { outcome, by, optionId, answers: fields.answers, always, at: event.occurredAt };
    change(index, 'approval', event, (item) => ({ ...item, resolution }));
    const asked = items[index];
    if (asked?.kind !== 'approval') return;
    waitByRun.set(asked.run, waitEnded(waitByRun.get(asked.run) ?? noWait, asked.approvalId, event.occurredAt));
    askOf(asked.run, asked.toolCallId, (call) => ({
      ...call,
      awaitsApproval: false,
      refused: outcome !== 'allowed' && outcome !== 'answered',
      waitedMs: call.waitedMs + Math.max(0, event.occurredAt - asked.at),
    }));
  };

  const plan = (event: HistoryEvent, fields: Fields): void => {
    const entries = planEntriesIn(fields);
    const known = planIndexByRun.get(event.run);
    if (known === undefined) planIndexByRun.set(event.run, add({ ...createAt(event), kind: 'plan', entries }, event));
    else change(known, 'plan', event, (item) => ({ ...item, entries }));
  };

  /** Attempts in a row are one line, which says how far they have come. */
  const tell = (event: HistoryEvent, made: Item): void => {
    const last = items.length - 1;
    const before = items[last];
    if (event.type !== 'retry' || made.kind !== 'told' || before?.run !== event.run || retries !== last) {
      const index = add(made, event);
      if (event.type === 'retry') retries = index;
      return;
    }
    change(last, 'told', event, (item) => ({ ...item, text: made.text }));
  };

  const status = (event: HistoryEvent, fields: Fields): void => {
    const run = runOf(event);
    const outcome = textIn(fields, 'status') ?? '';
    if (!isOutcome(outcome)) {
      change(run, 'run', event, (item) => item);
      return;
    }
    const begun = items[run];
    const isWhole = begun?.kind === 'run' && begun.fromStart;
    const tookMs = isWhole ? Math.max(0, event.occurredAt - begun.at) : null;
    if (begun?.kind === 'run') items[run] = { ...begun, outcome, endedAt: event.occurredAt };
    const [reason, stopReason] = [textIn(fields, 'reason'), textIn(fields, 'stopReason')];
    const waitedMs = waitedUntil(waitByRun.get(event.run) ?? noWait, event.occurredAt);
    const isToldAbove = reason !== null && errorByRun.get(event.run)?.trim() === reason.trim();
    add({ ...createAt(event), kind: 'end', outcome, reason, stopReason, tookMs, waitedMs, isToldAbove }, event);
  };

  const take = (event: HistoryEvent): void => {
    const run = runOf(event);
    const fields = fieldsOf(event.payload);
    const made = createItem(event, fields);
    if (made === null && (isToldType(event.type) || isWorkEventType(event.type))) {
      // Nothing to be read: what can be chosen now, which commands there are, steps that only the log needs.
      change(run, 'run', event, (item) => item);
      return;
    }
    if (made === null ? event.type !== 'message' && event.type !== 'thinking' : made.kind !== 'quiet') open = null;
    if (made?.kind === 'unknown') {
      add(made, event);
      return;
    }
    if (event.type === 'message' || event.type === 'thinking') speak(event, event.type, fields);
    else if (event.type === 'tool_call' || event.type === 'tool_result') tool(event, fields);
    else if (event.type === 'plan') plan(event, fields);
    else if (event.type === 'status') status(event, fields);
    else if (made !== null) {
      if (event.type === 'approval_requested') requested(event, fields, add(made, event));
      else if (event.type === 'approval_resolved') resolved(event, fields, made);
      else if (made.kind === 'told') tell(event, made);
      else {
        if (made.kind === 'error') errorByRun.set(event.run, made.message);
        add(made, event);
      }
    }
  };

  return {
    items: () => {
      copy ??= items.slice();
      return copy;
    },
    append: (events) => {
      if (events.length === 0) return;
      copy = null;
      for (const event of events) take(event);
    },
    indexAt: (place) => indexByPlace.get(placeKey(place)) ?? null,
    latestPlan: () => {
      const run = Math.max(...planIndexByRun.keys());
      const item = items[planIndexByRun.get(run) ?? -1];
      return item?.kind === 'plan' ? item : null;
    },
  };
};
