import type { HistoryEvent } from '../facts/events.ts';
import type { Position, SessionId, SessionKey } from '../facts/ids.ts';

/**
 * Where a page ended: a run's ordinal and a seq. The next begins after it (keyset pagination), however long the log is.
 */
export type HistoryPlace = { readonly run: number; readonly seq: number };
export type HistoryPage = { readonly events: readonly HistoryEvent[]; readonly next: HistoryPlace | null };

/** A page read from its end; `previous` is where the one before it ends, null at the beginning. */
export type HistoryPageBefore = {
  readonly events: readonly HistoryEvent[];
  readonly previous: HistoryPlace | null;
};

export type FindOptions = {
  readonly types: readonly string[];
  readonly from: HistoryPlace | null;
  readonly direction: 'next' | 'previous';
};

export type EventsAfter = {
  readonly events: readonly { readonly sessionId: SessionId; readonly event: HistoryEvent }[];
  /** Everything up to here was looked at. */
  readonly upTo: Position;
  /** By which commits name the session that was asked for; null while there is none such, or when none was. */
  readonly sessionKey: SessionKey | null;
};
