/**
 * What the five words of the dashboard leave out of a run's end: that a completed one was cut short, and of which kind a
 * failure was. For the command line and the window alike; an agent's own words come through and are made harmless there.
 */
import type { FailureKind } from './events.ts';
import type { DashboardStatus } from './status.ts';

export type EndOfRun = {
  readonly status: DashboardStatus;
  readonly stopReason: string | null;
  readonly failureKind: FailureKind | null;
  readonly failureReason: string | null;
};

/** A word or two beside the status, and the line that explains it. */
export type RunEnding = { readonly word: string | null; readonly line: string | null };

const failureWords = {
  limit: 'limit reached',
  authentication: 'not logged in',
  context: 'conversation too long',
  service: 'service failed',
  connection: 'connection lost',
  request: 'request refused',
} as const satisfies Readonly<Record<FailureKind, string>>;

const maxReasonCharacters = 60;

/** The word or two for a kind of failure; null for none, and for one that is not known. */
export const failureWord = (kind: string | null): string | null =>
  Object.entries(failureWords).find(([known]) => known === kind)?.[1] ?? null;

/**
 * The words for how a run ended.
 * @example
 * const end = { failureKind: null, failureReason: null };
 * endingOf({ ...end, status: 'Completed', stopReason: null }) // => { word: null, line: null }
 * endingOf({ ...end, status: 'Completed', stopReason: 'max_tokens' }).word // => 'cut short'
 * endingOf({ ...end, status: 'Failed', stopReason: null, failureKind: 'limit' }).word // => 'limit reached'
 */
export const endingOf = ({ status, stopReason, failureKind, failureReason }: EndOfRun): RunEnding => {
  if (status === 'Failed') {
    const word = failureKind !== null ? failureWords[failureKind] : stopReason === 'refusal' ? 'refused' : null;
    return { word, line: failureReason };
  }
  if (isCutShort({ status, stopReason })) return { word: 'cut short', line: cutShortLine(stopReason ?? '') };
  return { word: null, line: failureReason };
};

/**
 * Whether a completed run ended before all was done. One that stopped at what a person denied did not: they know.
 * @example
 * isCutShort({ status: 'Completed', stopReason: 'max_turn_requests' }) // => true
 * isCutShort({ status: 'Completed', stopReason: 'cancelled' }) // => false
 */
export const isCutShort = ({ status, stopReason }: Pick<EndOfRun, 'status' | 'stopReason'>): boolean =>
  status === 'Completed' && stopReason !== null && stopReason !== 'end_turn' && stopReason !== 'cancelled';

/**
 * The ending in one line; null where the status says all.
 * @example
 * const end = { status: 'Failed', stopReason: null } as const;
 * endingLine({ ...end, failureKind: 'limit', failureReason: 'try again at 12:44' }) // => 'limit reached: try again at 12:44'
 */
export const endingLine = (end: EndOfRun): string | null => {
  const { word, line } = endingOf(end);
  return [word, line].filter((part) => part !== null).join(': ') || null;
};

const cutShortLine = (stopReason: string): string => {
  switch (stopReason) {
    case 'max_tokens':
      return 'the model’s token limit';
    case 'max_turn_requests':
      return 'the agent’s limit of requests in a turn';
    default:
      return `the agent’s reason is “${stopReason.slice(0, maxReasonCharacters)}”`;
  }
};
