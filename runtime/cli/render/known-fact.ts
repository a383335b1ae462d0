import { type EventType, type Fact, type HistoryEvent, payloadSchemas } from '../../../actors/protocol/facts/events.ts';

type Known = { [Type in EventType]: Pick<Extract<Fact, { type: Type }>, 'type' | 'payload'> }[EventType];

/** An event's type and payload as this program knows them; null for one of a newer program. */
export const knownFact = (event: HistoryEvent): Known | null => {
  if (!Object.hasOwn(payloadSchemas, event.type)) return null;
  const parsed = payloadSchemas[event.type as EventType].safeParse(event.payload);
  // The schema was picked by the type, which the compiler cannot follow through the lookup.
  return parsed.success ? ({ type: event.type, payload: parsed.data } as Known) : null;
};
