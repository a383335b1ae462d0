/** What the runtime offers of runs that wait: its part of the surface. */
import type * as z from 'zod';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { limitRoutes } from '../../../actors/protocol/gateway/limit-routes.ts';

type Asked<Name extends keyof typeof limitRoutes> = z.infer<(typeof limitRoutes)[Name]['body']>;

export type PauseCommands = {
  /**
   * Holds the run under way, in a pause that it has already until another time. Raises `session.not_found`,
   * `session.not_running`, and `session.busy` before its agent works.
   */
  readonly pause: (id: SessionId, asked: Asked<'pause'>) => Promise<void>;
  /** Has a paused run go on now or at that time. Raises `session.not_found` and `session.not_paused`. */
  readonly continue: (id: SessionId, asked: Asked<'continue'>) => Promise<void>;
};
