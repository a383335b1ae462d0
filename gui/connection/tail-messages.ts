/** What the tail of a session's events brings, looked at before it is believed. */
import type { HistoryEvent } from '../../actors/protocol/facts/events.ts';
import type { TailMessage } from '../../actors/protocol/gateway/api.ts';
import { type Guard, isAnything, isEither, isNumber, isOneOf, isShape, isText, isWrittenId } from './guard.ts';

type Kind<Name extends TailMessage['kind']> = Extract<TailMessage, { readonly kind: Name }>;

const isEvent: Guard<HistoryEvent> = isShape<HistoryEvent>({
  position: isNumber,
  runId: isWrittenId,
  run: isNumber,
  seq: isNumber,
  type: isText,
  // An unknown type of a newer program is shown as it is.
  payload: isAnything,
  occurredAt: isNumber,
  recordedAt: isNumber,
});

export const isTailMessage: Guard<TailMessage> = isEither(
  isShape<Kind<'event'>>({ kind: isOneOf('event'), sessionId: isWrittenId, event: isEvent }),
  isShape<Kind<'caught_up'>>({ kind: isOneOf('caught_up'), position: isNumber }),
);
