/** The item that an event is by itself; null for those that only ever add to another, which the model sees to. */
import type { ApprovalOption, HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import { isToldType, type ToldType, toldLine } from '../../../actors/protocol/facts/told-line.ts';
import { isWorkEventType, workLine } from '../../../actors/protocol/facts/work-line.ts';
import type { Item, Question } from './item.ts';
import { partsIn } from './part.ts';
import { diffsIn, type Fields, fieldsOf, listIn, numberIn, storedTextOf, textIn } from './payload.ts';
import { placeKey } from './place.ts';
import { isLedgerType, ledgerText, noteText, usageText } from './quiet-text.ts';
import { locationsIn } from './tool-item.ts';

/** What every item takes from its first event. */
export const createAt = (event: HistoryEvent) => ({
  key: placeKey(event),
  run: event.run,
  seq: event.seq,
  at: event.occurredAt,
  events: 1,
  recovered: false,
  subagent: null,
});

export const isOutcome = (status: string): status is 'completed' | 'interrupted' | 'failed' =>
  status === 'completed' || status === 'interrupted' || status === 'failed';

export const createItem = (event: HistoryEvent, fields: Fields): Item | null => {
  const at = createAt(event);
  switch (event.type) {
    case 'prompt': {
      const text = textIn(fields, 'text');
      if (text === null) return unknown(event);
      return { ...at, kind: 'prompt', text, origin: textIn(fields, 'origin') ?? 'prompt', parts: partsIn(fields) };
    }
    case 'message':
    case 'thinking':
      return textIn(fields, 'text') === null ? unknown(event) : null;
    case 'tool_call':
    case 'tool_result':
      return textIn(fields, 'toolCallId') === null ? unknown(event) : null;
    case 'plan':
      return Array.isArray(fields.entries) ? null : unknown(event);
    case 'status':
      return textIn(fields, 'status') === null ? unknown(event) : null;
    case 'approval_requested':
      return textIn(fields, 'approvalId') === null ? unknown(event) : approval(event, fields);
    case 'approval_resolved':
      return {
        ...at,
        kind: 'quiet',
        text: `An earlier request for approval was ${textIn(fields, 'outcome') ?? 'answered'}`,
      };
    case 'interrupt_requested':
      return { ...at, kind: 'interrupt', attempt: numberIn(fields, 'attempt') ?? 1 };
    case 'error':
      return {
        ...at,
        kind: 'error',
        code: textIn(fields, 'code') ?? '',
        message: textIn(fields, 'message') ?? '',
        hint: textIn(fields, 'hint'),
        failureKind: textIn(fields, 'kind'),
        detail: storedTextOf(fields.detail),
      };
    case 'usage':
      return { ...at, kind: 'quiet', text: usageText(event.payload) };
    case 'note':
      return { ...at, kind: 'quiet', text: noteText(event.payload) };
    default:
      if (isToldType(event.type)) return told(event, event.type, fields);
      if (isWorkEventType(event.type)) {
        const text = workLine(event.type, event.payload);
        return text === null ? null : { ...at, kind: 'quiet', text };
      }
      return isLedgerType(event.type)
        ? { ...at, kind: 'quiet', text: ledgerText(event.type, event.payload) }
        : unknown(event);
  }
};

/**
 * What tells a reader why it goes as it goes stands in the timeline; what is so every time is quiet. A limit is worth a
 * line when it is near or reached.
 */
const isForReaders = (type: ToldType, fields: Fields): boolean => {
  if (type === 'conversation') return fields.how === 'begun_anew';
  if (type === 'limit') return fields.status !== 'allowed' && fields.status !== 'ok';
  return type === 'recap' || type === 'retry' || type === 'notice' || type === 'compaction';
};

const told = (event: HistoryEvent, type: ToldType, fields: Fields): Item | null => {
  const line = toldLine(type, event.payload);
  if (line === null) return null;
  const text = `${line.charAt(0).toUpperCase()}${line.slice(1)}`;
  if (!isForReaders(type, fields)) return { ...createAt(event), kind: 'quiet', text };
  const more = type === 'recap' ? fields.text : type === 'compaction' ? fields.summary : undefined;
  return { ...createAt(event), kind: 'told', text, more: storedTextOf(more) };
};

const unknown = (event: HistoryEvent): Item => ({
  ...createAt(event),
  kind: 'unknown',
  type: event.type,
  payload: event.payload,
});

const approval = (event: HistoryEvent, fields: Fields): Item => ({
  ...createAt(event),
  kind: 'approval',
  ...askedIn(fields),
  resolution: null,
});

/** What is asked for: the same in a request of the log and in one that waits. */
export const askedIn = (fields: Fields) => ({
  approvalId: textIn(fields, 'approvalId') ?? '',
  toolCallId: textIn(fields, 'toolCallId') ?? '',
  title: textIn(fields, 'title') ?? '',
  toolKind: textIn(fields, 'kind'),
  options: listIn(fields, 'options').flatMap(optionOf),
  input: fields.input,
  diffs: diffsIn(fields),
  text: storedTextOf(fields.text),
  toolName: textIn(fields, 'toolName'),
  locations: locationsIn(fields),
  parts: partsIn(fields),
  question: questionIn(fields),
  subagent: textIn(fields, 'subagent'),
});

const questionIn = (fields: Fields): Question | null =>
  fields.question === undefined
    ? null
    : { form: fieldsOf(fields.question).form, url: textIn(fieldsOf(fields.question), 'url') };

const optionOf = (value: unknown): readonly ApprovalOption[] => {
  const fields = fieldsOf(value);
  const [optionId, name, kind] = [textIn(fields, 'optionId'), textIn(fields, 'name'), textIn(fields, 'kind')];
  return optionId === null ? [] : [{ optionId, name: name ?? optionId, kind: kind ?? '' }];
};
