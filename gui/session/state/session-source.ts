/** Where a session's view gets its facts from. The view's state knows only this, so that tests can stand in for it. */

import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { SessionDetail } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Connection } from '../../connection/connection.ts';
import type { LiveState } from '../../connection/live.ts';
import { isTailMessage } from '../../connection/tail-messages.ts';
import { type Place, placeKey } from '../model/place.ts';

export type Page = {
  readonly events: readonly HistoryEvent[];
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
};

export type SessionSource = {
  readonly detail: () => Promise<SessionDetail>;
  /** The last position of the log: what is read after this has everything up to it. */
  readonly position: () => Promise<number>;
  /** The events after a place. */
  readonly after: (place: Place, limit: number) => Promise<Page>;
  /** The last events before a place, or before the end. */
  readonly before: (place: Place | 'end', limit: number) => Promise<Page>;
  readonly find: (types: readonly string[], from: Place | null, direction: Direction) => Promise<Place | null>;
  /** Follows what is committed after a position, from now on and over lost connections. */
  readonly tail: (options: TailOptions) => { readonly close: () => void };
};

export type Direction = 'next' | 'previous';

export type TailOptions = {
  /** Asked anew for each connection. */
  readonly after: () => number;
  readonly onEvent: (event: HistoryEvent) => void;
  readonly onState: (state: LiveState) => void;
};

/** The runtime as the source of one session. */
export const sourceOf = ({ call, follow }: Connection, id: string): SessionSource => ({
  detail: () => call('session', { parameters: { id } }),
  position: async () => (await call('health', {})).position,
  after: async (place, limit) =>
    pageOf(await call('history', { parameters: { id }, query: { after: placeKey(place), limit } })),
  before: async (place, limit) => {
    const before = place === 'end' ? place : placeKey(place);
    return pageOf(await call('history', { parameters: { id }, query: { before, limit } }));
  },
  find: (types, from, direction) => {
    const after = from === null ? {} : { after: placeKey(from) };
    return call('find', { parameters: { id }, query: { type: types.join(','), direction, ...after } });
  },
  tail: ({ after, onEvent, onState }) =>
    follow({
      address: () => `/api/events?session=${encodeURIComponent(id)}&after=${after()}`,
      isMessage: isTailMessage,
      onMessage: (message) => {
        if (message.kind === 'event') onEvent(message.event);
      },
      onState,
    }),
});

const pageOf = ({ events, next, previous }: RouteAnswer<'history'>): Page => ({
  events,
  hasEarlier: previous !== null,
  hasLater: next !== null,
});
