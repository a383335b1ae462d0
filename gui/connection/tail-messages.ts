/** What the tail of a session's events brings, looked at before it is believed. */
import type { HistoryEvent } from '../../actors/protocol/facts/events.ts';
import type { RunId } from '../../actors/protocol/facts/ids.ts';
import type { TailMessage } from '../../actors/protocol/gateway/api.ts';
import { type Guard, isAnything, isEither, isNumber, isOneOf, isShape, isText } from './guard.ts';

type Kind<Name extends TailMessage['kind']> = Extract<TailMessage, { readonly kind: Name }>;

/** With the brand that the run's id has in the window. */
export type TailEvent = Omit<Kind<'event'>, 'event'> & { readonly event: HistoryEvent };

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
const isRunId: Guard<RunId> = (value): value is RunId => isText(value) && uuid.test(value);

const isEvent: Guard<HistoryEvent> = isShape<HistoryEvent>({
  position: isNumber,
  runId: isRunId,
  run: isNumber,
  seq: isNumber,
  type: isText,
  // An unknown type of a newer program is shown as it is.
  payload: isAnything,
  occurredAt: isNumber,
  recordedAt: isNumber,
});

export const isTailMessage: Guard<TailEvent | Kind<'caught_up'>> = isEither(
  isShape<TailEvent>({ kind: isOneOf('event'), sessionId: isText, event: isEvent }),
  isShape<Kind<'caught_up'>>({ kind: isOneOf('caught_up'), position: isNumber }),
);
