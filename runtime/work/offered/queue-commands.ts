/** What the runtime offers of prompts that wait: its part of the surface. */
import type * as z from 'zod';
import type { QueueId, SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { queueRoutes } from '../../../actors/protocol/gateway/queue-routes.ts';

type Asked<Name extends keyof typeof queueRoutes> = (typeof queueRoutes)[Name] extends {
  body: infer Body extends z.ZodType;
}
  ? z.infer<Body>
  : never;
type Answered<Name extends keyof typeof queueRoutes> = Promise<z.infer<(typeof queueRoutes)[Name]['answer']>>;

export type QueueCommands = {
  /** Raises `session.not_found`, `session.prompt_required`, `request.too_large` for one too many, what `prompt` raises. */
  readonly queuePrompt: (id: SessionId, asked: Asked<'queuePrompt'>) => Answered<'queuePrompt'>;
  /** Raises `queue.not_found` for one that does not wait (any more), and `session.prompt_required`. */
  readonly changeQueued: (id: SessionId, queueId: QueueId, change: Asked<'changeQueued'>) => Promise<void>;
  /** Raises `queue.not_found`. */
  readonly withdrawQueued: (id: SessionId, queueId: QueueId) => Promise<void>;
  /** Raises `queue.not_found`, `session.busy` while a run is under way, and what `prompt` raises. */
  readonly sendQueued: (id: SessionId, queueId: QueueId) => Answered<'sendQueued'>;
};

export type QueueQueries = {
  /** Raises `session.not_found`. */
  readonly queue: (id: SessionId) => Answered<'queue'>;
};
