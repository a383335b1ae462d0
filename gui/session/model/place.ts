import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';

/** Where an event stands in its session: a run's ordinal (0 is the ledger) and the place in that run. */
export type Place = { readonly run: number; readonly seq: number };

/** The order of a session's history: by run, then by seq. */
export const comparePlaces = (left: Place, right: Place): number => left.run - right.run || left.seq - right.seq;

/** A place as history cursors and keys write it: `2:41`. */
export const placeKey = ({ run, seq }: Place): string => `${run}:${seq}`;

export const placeOf = ({ run, seq }: HistoryEvent): Place => ({ run, seq });

/** Whether `later` comes directly after `earlier`. A run ends when the next one begins, so a first event always may. */
export const isNext = (earlier: Place, later: Place): boolean =>
  later.run === earlier.run ? later.seq === earlier.seq + 1 : later.run === earlier.run + 1 && later.seq === 1;
