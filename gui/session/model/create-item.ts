/** The item that an event is by itself; null for those that only ever add to another, which the model sees to. */
import type { ApprovalOption, HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import { isToldType, type ToldType, toldLine } from '../../../actors/protocol/facts/told-line.ts';
import type { Item } from './item.ts';
import { diffsIn, type Fields, fieldsOf, listIn, numberIn, storedTextOf, textIn } from './payload.ts';
import { placeKey } from './place.ts';
import { isLedgerType, ledgerText, noteText, usageText } from './quiet-text.ts';

/** What every item takes from its first event. */
export const createAt = (event: HistoryEvent) => ({
  key: placeKey(event),
  run: event.run,
  seq: event.seq,
  at: event.occurredAt,
  events: 1,
  recovered: false,
});

export const isOutcome = (status: string): status is 'completed' | 'interrupted' | 'failed' =>
  status === 'completed' || status === 'interrupted' || status === 'failed';

export const createItem = (event: HistoryEvent, fields: Fields): Item | null => {
  const at = createAt(event);
  switch (event.type) {
    case 'prompt': {
      const text = textIn(fields, 'text');
      if (text === null) return unknown(event);
      return { ...at, kind: 'prompt', text, origin: textIn(fields, 'origin') ?? 'prompt' };
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
        detail: storedTextOf(fields.detail),
      };
    case 'usage':
      return { ...at, kind: 'quiet', text: usageText(event.payload) };
    case 'note':
      return { ...at, kind: 'quiet', text: noteText(event.payload) };
    default:
      if (isToldType(event.type)) return told(event, event.type);
      return isLedgerType(event.type)
        ? { ...at, kind: 'quiet', text: ledgerText(event.type, event.payload) }
        : unknown(event);
  }
};

const told = (event: HistoryEvent, type: ToldType): Item | null => {
  const text = toldLine(type, event.payload);
  return text === null
    ? null
    : { ...createAt(event), kind: 'quiet', text: `${text.charAt(0).toUpperCase()}${text.slice(1)}` };
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
  approvalId: textIn(fields, 'approvalId') ?? '',
  toolCallId: textIn(fields, 'toolCallId') ?? '',
  title: textIn(fields, 'title') ?? '',
  toolKind: textIn(fields, 'kind'),
  options: listIn(fields, 'options').flatMap(optionOf),
  input: fields.input,
  diffs: diffsIn(fields),
  text: storedTextOf(fields.text),
  resolution: null,
});

const optionOf = (value: unknown): readonly ApprovalOption[] => {
  const fields = fieldsOf(value);
  const [optionId, name, kind] = [textIn(fields, 'optionId'), textIn(fields, 'name'), textIn(fields, 'kind')];
  return optionId === null ? [] : [{ optionId, name: name ?? optionId, kind: kind ?? '' }];
};
