/** That an agent tries again after a failure of its model, as its update tells it. */
import * as z from 'zod';
import type { Payload } from '../../protocol/facts/events.ts';
import { sessionFailureIn } from './session-failure.ts';

export type Retry = Payload<'retry'>;

/** How an agent tells in an update that it tries again: null where it does not. */
export type RetrySigns = (update: { readonly sessionUpdate: string }) => Retry | null;

const withMeta = z.looseObject({ _meta: z.unknown() });

/** The retry that an update tells of, in fields or by the agent's own signs. */
export const retryIn = (update: { readonly sessionUpdate: string }, signs: RetrySigns | undefined): Retry | null => {
  if (update.sessionUpdate === 'session_info_update') {
    const parsed = withMeta.safeParse(update);
    const told = parsed.success ? sessionFailureIn(parsed.data._meta) : null;
    if (told?.isWarning) return retryOf(told.message, told.message, told.kind);
  }
  return signs?.(update) ?? null;
};

/**
 * A retry, with the attempt that its title counts.
 * @example
 * retryOf('Reconnecting... 2/5', 'the stream broke', 'connection') // => { message: 'the stream broke', attempt: 2, of: 5, kind: 'connection' }
 */
export const retryOf = (title: string, message: string, kind: Retry['kind'] | null): Retry => {
  const [, attempt, of] = /(\d{1,6})\s*(?:\/|of)\s*(\d{1,6})/u.exec(title) ?? [];
  return {
    message: message.slice(0, 2_048),
    ...(attempt === undefined ? {} : { attempt: Number(attempt), of: Number(of) }),
    ...(kind == null ? {} : { kind }),
  };
};

const onlyMeta = new Set(['sessionUpdate', '_meta']);

/** Whether an update says nothing besides what its retry says. */
export const isOnlyRetry = (update: object): boolean =>
  Object.keys(update).every((name) => onlyMeta.has(name)) || 'content' in update;
