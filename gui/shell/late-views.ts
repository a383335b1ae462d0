import type { ComponentType } from 'preact';
import type { RepositorySetupAnswer } from '../../actors/protocol/gateway/check-routes.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { createLatePart, type LatePart } from './late-part.ts';
import type { EventAddress, SearchTerms } from './route.ts';
import type { WorkQuestion } from './store.ts';

/** What a repository has run, about which a person is asked before. */
export type SetupQuestionProps = {
  readonly setup: RepositorySetupAnswer;
  /** The folder that is asked about, and the commit where it is not the one that is checked out. */
  readonly path: string;
  readonly base?: string | undefined;
  /** Whether a session waits for the answer. */
  readonly isStart: boolean;
  /** It is decided, one way or the other. */
  readonly onDecided: () => void;
  readonly onClose: () => void;
};

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
  readonly landing: LatePart<{
    readonly LandingView: ComponentType<{ readonly id: string }>;
    readonly QueueView: ComponentType;
  }>;
  readonly setupQuestion: LatePart<ComponentType<SetupQuestionProps>>;
  readonly workDialog: LatePart<ComponentType<{ readonly question: WorkQuestion; readonly onClose: () => void }>>;
};

/** How each of them is fetched. */
export type LateViewLoaders = {
  readonly [Name in keyof LateViews]: LateViews[Name] extends LatePart<infer Part> ? () => Promise<Part> : never;
};

export const createLateViews = (loaders: LateViewLoaders): LateViews =>
  Object.freeze({
    session: createLatePart(loaders.session),
    newSession: createLatePart(loaders.newSession),
    search: createLatePart(loaders.search),
    inspector: createLatePart(loaders.inspector),
    review: createLatePart(loaders.review),
    file: createLatePart(loaders.file),
    actors: createLatePart(loaders.actors),
    landing: createLatePart(loaders.landing),
    setupQuestion: createLatePart(loaders.setupQuestion),
    workDialog: createLatePart(loaders.workDialog),
  });
