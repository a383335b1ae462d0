/** Why a run ended as it did, in words: where the work was cut short, or what of the model failed. Pure. */
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { plainLine } from './plain-text.ts';

const cutShort: Readonly<Record<string, string>> = {
  max_tokens: 'cut short: token limit',
  max_turn_requests: 'cut short: limit of requests',
  refusal: 'refused by the model',
};

/**
 * What a run's end has to say beside its status; null for one that ended because all was done.
 * @example
 * stopWords('max_tokens') // => 'cut short: token limit'
 * stopWords('end_turn') // => null
 */
export const stopWords = (stopReason: string | null): string | null => {
  if (stopReason === null || stopReason === 'end_turn' || stopReason === 'cancelled') return null;
  return cutShort[stopReason] ?? `ended by the agent: ${plainLine(stopReason).slice(0, maxCharacters)}`;
};

const maxCharacters = 80;

const failures: Readonly<Record<string, string>> = {
  limit: 'Limit reached',
  authentication: 'Login needed',
  context: 'Context full',
  service: 'Service failed',
  connection: 'Connection lost',
  request: 'Request refused',
};

/**
 * What kind of failure it was; null where that is not known.
 * @example
 * failureWords('authentication') // => 'Login needed'
 */
export const failureWords = (kind: string | null): string | null => failures[kind ?? ''] ?? null;

/** The command that lets an agent's person in again; null where it would not help. */
export const loginCommand = ({ agent, failureKind }: Pick<DashboardRow, 'agent' | 'failureKind'>): string | null =>
  failureKind === 'authentication' ? `throughline login ${agent}` : null;

/** What is to be said of a row's end beside its status: why it is no plain success, or which kind of failure it is. */
export const endingWords = ({
  status,
  stopReason,
  failureKind,
}: Pick<DashboardRow, 'status' | 'stopReason' | 'failureKind'>): string | null => {
  if (status === 'Failed') return failureWords(failureKind);
  return status === 'Completed' ? stopWords(stopReason) : null;
};
