/**
 * The part of a session's history that is held: one stretch without a gap, of bounded length. It grows at either end, and
 * what is far from where the reader is goes. Pure: each change gives a new window.
 */
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import { comparePlaces, isNext, type Place, placeOf } from './place.ts';

export type EventWindow = {
  /** In order, each directly after the one before it. */
  readonly events: readonly HistoryEvent[];
  /** Whether the session has more before the first, or after the last. */
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
};

/** What a window may hold; a big page is kept whole even when it alone is more. */
export type WindowBounds = { readonly events: number; readonly characters: number };

export const emptyWindow: EventWindow = { events: [], hasEarlier: false, hasLater: false };

export const firstPlace = ({ events }: EventWindow): Place | null => {
  const first = events[0];
  return first === undefined ? null : placeOf(first);
};

export const lastPlace = ({ events }: EventWindow): Place | null => {
  const last = events.at(-1);
  return last === undefined ? null : placeOf(last);
};

/** Puts a page before what is held. Events that are held already are passed over. */
export const withEarlier = (window: EventWindow, page: readonly HistoryEvent[], hasEarlier: boolean): EventWindow => {
  const first = firstPlace(window);
  const fresh = first === null ? page : page.filter((event) => comparePlaces(event, first) < 0);
  return { ...window, events: [...fresh, ...window.events], hasEarlier };
};

/** Puts a page after what is held. */
export const withLater = (window: EventWindow, page: readonly HistoryEvent[], hasLater: boolean): EventWindow => {
  const last = lastPlace(window);
  const fresh = last === null ? page : page.filter((event) => comparePlaces(event, last) > 0);
  return { ...window, events: [...window.events, ...fresh], hasLater };
};

export type LiveResult =
  /** `fresh` were appended; empty when they were known or belong further back. */
  | { readonly kind: 'appended'; readonly window: EventWindow; readonly fresh: readonly HistoryEvent[] }
  /** An entry of the ledger, which stands before the runs, came in its place. */
  | { readonly kind: 'inserted'; readonly window: EventWindow }
  /** Something between is missing: it has to be fetched, from the window's last place on. */
  | { readonly kind: 'gap' };

/** Takes what the tail told, in its order, into a window that reaches the end. */
export const withLive = (window: EventWindow, live: readonly HistoryEvent[]): LiveResult => {
  const fresh: HistoryEvent[] = [];
  const ledger: HistoryEvent[] = [];
  let last = lastPlace(window);
  for (const event of live) {
    if (last !== null && comparePlaces(event, last) <= 0) {
      if (event.run === 0 && last.run > 0) ledger.push(event);
      continue;
    }
    if (last !== null && !isNext(last, event)) return { kind: 'gap' };
    fresh.push(event);
    last = placeOf(event);
  }
  const appended = fresh.length === 0 ? window : { ...window, events: [...window.events, ...fresh] };
  const whole = ledger.reduce(withLedgerEntry, appended);
  return whole === appended ? { kind: 'appended', window: appended, fresh } : { kind: 'inserted', window: whole };
};

/** An entry of the ledger in its place, if that is part of what is held. */
const withLedgerEntry = (window: EventWindow, entry: HistoryEvent): EventWindow => {
  const { events } = window;
  if (events[0] === undefined || comparePlaces(events[0], entry) >= 0) return window;
  const at = events.findIndex((event) => comparePlaces(event, entry) >= 0);
  const [before, behind] = [events[at - 1], events[at]];
  if (before === undefined || behind === undefined || comparePlaces(behind, entry) === 0) return window;
  // The tail leaves nothing out. Should it ever, a later page has the entries; a hole in the window would hide that.
  if (!isNext(before, entry)) return window;
  return { ...window, events: [...events.slice(0, at), entry, ...events.slice(at)] };
};

/**
 * Lets go of what is furthest from the end that is kept, until the window is within three quarters of its bounds. Each
 * event is weighed once.
 */
export const createTrim = () => {
  const weights = new WeakMap<HistoryEvent, number>();

  /** About how many characters an event holds. */
  const weightOf = (event: HistoryEvent): number => {
    const known = weights.get(event);
    if (known !== undefined) return known;
    const weight = 100 + textLength(event.payload, 0);
    weights.set(event, weight);
    return weight;
  };

  const charactersOf = (events: readonly HistoryEvent[]): number =>
    events.reduce((sum, event) => sum + weightOf(event), 0);

  return (window: EventWindow, bounds: WindowBounds, keep: 'start' | 'end'): EventWindow => {
    const { events } = window;
    if (events.length <= bounds.events && charactersOf(events) <= bounds.characters) return window;
    const most = { events: Math.floor(bounds.events * 0.75), characters: bounds.characters * 0.75 };
    let [count, characters] = [0, 0];
    while (count < Math.min(most.events, events.length)) {
      const event = events[keep === 'start' ? count : events.length - 1 - count];
      characters += event === undefined ? 0 : weightOf(event);
      if (characters > most.characters && count > 0) break;
      count += 1;
    }
    return keep === 'start'
      ? { events: events.slice(0, count), hasEarlier: window.hasEarlier, hasLater: true }
      : { events: events.slice(events.length - count), hasEarlier: true, hasLater: window.hasLater };
  };
};

const maxDepth = 8;

const textLength = (value: unknown, depth: number): number => {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth > maxDepth) return 8;
  return Object.values(value).reduce<number>((sum, inner) => sum + textLength(inner, depth + 1), 8);
};
