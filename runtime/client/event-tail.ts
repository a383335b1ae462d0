import { eventTail, type TailMessage, tailMessage } from '../../actors/protocol/gateway/api.ts';
import { type FollowOptions, follow, type Place } from './follow.ts';

export type TailOptions = FollowOptions & {
  /** Events after this position are given: 0 for all there are. Without it what is committed from now on. */
  readonly from?: number | undefined;
  /** The id of the session whose events are given; without it those of all. */
  readonly session?: string | undefined;
};

/** A runtime's events as they are committed, each once and in order. See `Client.tail`. */
export async function* tailEvents(
  place: Place,
  { from, session, ...options }: TailOptions,
): AsyncGenerator<TailMessage, void, undefined> {
  let position = from;
  const query = (): Record<string, string> => ({
    ...(position !== undefined && { after: String(position) }),
    ...(session !== undefined && { session }),
  });
  for await (const frame of follow(place, eventTail.path, query, options)) {
    const message = tailMessage.parse(JSON.parse(frame));
    const reached = message.kind === 'event' ? message.event.position : message.position;
    // A repetition; what was caught up with may be said again.
    if (message.kind === 'event' && position !== undefined && reached <= position) continue;
    position = Math.max(position ?? 0, reached);
    yield message;
  }
}
