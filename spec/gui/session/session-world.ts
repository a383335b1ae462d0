import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { SessionDetail } from '../../../actors/protocol/gateway/dashboard.ts';
import { comparePlaces, type Place } from '../../../gui/session/model/place.ts';
import type { SessionSource, TailOptions } from '../../../gui/session/state/session-source.ts';
import { createSessionState } from '../../../gui/session/state/session-state.ts';
import type { SessionStateOptions } from '../../../gui/session/state/session-state-types.ts';
import { until } from '../../support/until.ts';

/** A session whose runtime is a list of events in this test's hands. */
export const sessionWorld = async (events: readonly HistoryEvent[], options: SessionStateOptions = {}) => {
  const log = [...events];
  const asked: string[] = [];
  let tail: TailOptions | null = null;
  const source: SessionSource = {
    // Only what the state reads of it.
    detail: async () => ({ runs: [] }) as unknown as SessionDetail,
    position: async () => log.reduce((last, event) => Math.max(last, event.position), 0),
    after: async (place, limit) => {
      asked.push(`after ${place.run}:${place.seq}`);
      const later = log.filter((event) => comparePlaces(event, place) > 0);
      return {
        events: later.slice(0, limit),
        hasEarlier: comparePlaces(later[0] ?? place, log[0] ?? place) > 0,
        hasLater: later.length > limit,
      };
    },
    before: async (place, limit) => {
      asked.push(`before ${place === 'end' ? place : `${place.run}:${place.seq}`}`);
      const earlier = place === 'end' ? log : log.filter((event) => comparePlaces(event, place) < 0);
      return {
        events: earlier.slice(-limit),
        hasEarlier: earlier.length > limit,
        hasLater: earlier.length < log.length,
      };
    },
    find: async (types, from, direction) => {
      const fitting = log.filter((event) => types.includes(event.type));
      const found: HistoryEvent | undefined =
        direction === 'next'
          ? fitting.find((event) => from === null || comparePlaces(event, from) > 0)
          : fitting.findLast((event) => from === null || comparePlaces(event, from) < 0);
      return found === undefined ? null : { run: found.run, seq: found.seq };
    },
    tail: (wanted) => {
      tail = wanted;
      return { close: () => undefined };
    },
  };
  const state = createSessionState(source, { pageEvents: 50, soon: (run) => setTimeout(run, 0), ...options });
  await until('the tail is followed', () => tail);
  return {
    state,
    log,
    asked,
    /** Commits events, of which the tail tells only those that `isTold` lets through. */
    commit: async (more: readonly HistoryEvent[], isTold: (event: HistoryEvent) => boolean = () => true) => {
      log.push(...more);
      for (const event of more.filter(isTold)) tail?.onEvent(event);
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
    tailAfter: () => tail?.after() ?? null,
    /** The places of the first and last event that is held. */
    held: (): readonly (Place | null)[] => {
      const places = log.filter((event) => state.itemAt(event) !== null).map(({ run, seq }) => ({ run, seq }));
      return [places[0] ?? null, places.at(-1) ?? null];
    },
    heldCount: () => log.filter((event) => state.itemAt(event) !== null).length,
  };
};
