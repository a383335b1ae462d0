/** How a run ended, in the words that the command line has for it, and what a person can do about it. Pure. */
import { endingLine, failureWord } from '../../actors/protocol/facts/run-ending.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { plainLine } from './plain-text.ts';

const nothing = { stopReason: null, failureKind: null, failureReason: null } as const;

/**
 * What a run's end has to say beside its status; null for one that ended because all was done.
 * @example
 * stopWords('max_tokens') // => 'cut short: the model’s token limit'
 * stopWords('end_turn') // => null
 */
export const stopWords = (stopReason: string | null): string | null => {
  const line = endingLine({ ...nothing, status: 'Completed', stopReason });
  return line === null ? null : plainLine(line);
};

/**
 * What kind of failure it was; null where that is not known.
 * @example
 * failureWords('authentication') // => 'not logged in'
 */
export const failureWords = (kind: string | null): string | null => failureWord(kind);

/** The command that lets an agent's person in again; null where it would not help. */
export const loginCommand = ({ agent, failureKind }: Pick<DashboardRow, 'agent' | 'failureKind'>): string | null =>
  failureKind === 'authentication' ? `throughline login ${agent}` : null;

/** What is to be said of a row's end beside its status: why it is no plain success, or which kind of failure it is. */
export const endingWords = ({
  status,
  stopReason,
  failureKind,
}: Pick<DashboardRow, 'status' | 'stopReason' | 'failureKind'>): string | null =>
  status === 'Failed' ? failureWords(failureKind) : status === 'Completed' ? stopWords(stopReason) : null;
