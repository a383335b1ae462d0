/** What the runtime offers of commits and landings. */
import type * as z from 'zod';
import type { LandingId, SessionId } from '../../../actors/protocol/facts/ids.ts';
import type {
  Arrangement,
  CommitAnswer,
  CommitRequest,
  LandingAnswer,
  LandingPreview,
  LandingRequest,
  landingRoutes,
} from '../../../actors/protocol/gateway/landing-routes.ts';

type Routes = typeof landingRoutes;
type Answered<Name extends keyof Routes> = Promise<Readonly<z.infer<Routes[Name]['answer']>>>;

/** Each raises `session.not_found`, `worktree.missing` for a session without a worktree, and what git raises. */
export type LandingQueries = {
  /** Raises `landing.refused` where there is no branch to land on. */
  readonly landing: (id: SessionId, asked: Readonly<z.infer<Routes['landing']['query']>>) => Promise<LandingPreview>;
  readonly landings: () => Answered<'landings'>;
};

/** Each raises as those do. */
export type LandingCommands = {
  /**
   * Raises `commit.nothing`; `commit.refused` when git knows nobody here, cannot sign, or a hook refuses; `session.busy`
   * while a run is under way; `landing.moved` when the branch was moved meanwhile.
   */
  readonly commitWork: (id: SessionId, asked: CommitRequest) => Promise<CommitAnswer>;
  /** Raises `landing.refused` for what cannot be landed at all, and then queues none. */
  readonly land: (asked: LandingRequest) => Promise<LandingAnswer>;
  /**
   * Moves one that waits in its queue, has the queue stop before it, or go on. Raises `landing.not_found`, also for one
   * of another queue to stand before; `landing.refused` for one that does not wait for its turn.
   */
  readonly arrangeLanding: (id: SessionId, landingId: LandingId, asked: Arrangement) => Promise<void>;
  /** Raises `landing.not_found`, and `landing.refused` for one that has ended, or is moving its branch. */
  readonly withdrawLanding: (id: SessionId, landingId: LandingId) => Promise<void>;
  /**
   * Raises `landing.not_found`; `landing.moved` when the branch is elsewhere by now; `landing.refused` when it is pushed;
   * `landing.in_the_way` for a checkout that cannot go back with it.
   */
  readonly undoLanding: (id: SessionId, landingId: LandingId) => Answered<'undoLanding'>;
};
