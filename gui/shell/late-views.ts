import type { ComponentType } from 'preact';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { createLatePart, type LatePart } from './late-part.ts';
import type { EventAddress, SearchTerms } from './route.ts';

/** What the window shows beyond its first sight. */
export type LateViews = {
  /** Fetched as soon as the list stands, so that a session opens at once, and is there when the runtime has gone. */
  readonly session: LatePart<{
    readonly SessionView: ComponentType<{ readonly id: string }>;
    readonly OpenApprovals: ComponentType<{ readonly row: DashboardRow }>;
  }>;
  readonly newSession: LatePart<ComponentType<{ readonly onClose: () => void }>>;
  readonly search: LatePart<ComponentType<{ readonly terms: SearchTerms }>>;
  readonly inspector: LatePart<ComponentType<{ readonly id: string; readonly at: EventAddress | null }>>;
  readonly review: LatePart<ComponentType<{ readonly id: string; readonly range: string | null }>>;
  readonly file: LatePart<ComponentType>;
  readonly actors: LatePart<ComponentType>;
};

/** How each of them is fetched. */
export type LateViewLoaders = {
  readonly [Name in keyof LateViews]: LateViews[Name] extends LatePart<infer Part> ? () => Promise<Part> : never;
};

export const createLateViews = ({
  session,
  newSession,
  search,
  inspector,
  review,
  file,
  actors,
}: LateViewLoaders): LateViews =>
  Object.freeze({
    session: createLatePart(session),
    newSession: createLatePart(newSession),
    search: createLatePart(search),
    inspector: createLatePart(inspector),
    review: createLatePart(review),
    file: createLatePart(file),
    actors: createLatePart(actors),
  });
