/** What anyone may ask of the log, as the runtime, the gateway and the command line without a runtime answer it. */
import type { Position, SessionId, SessionKey } from '../facts/ids.ts';
import type { AgentOptions, VerifyReport } from './api.ts';
import type { DashboardRow, DashboardSnapshot, SessionDetail } from './dashboard.ts';
import type { EventsAfter, FindOptions, HistoryPage, HistoryPageBefore, HistoryPlace } from './history-pages.ts';
import type { RunOverview, RunReference, StepPage, StepRange, Supposition, WhatIf } from './inspection.ts';
import type { QueuedPrompt } from './queue-routes.ts';
import type { UsageAnswer, UsageQuestion } from './usage-routes.ts';
import type { RecentRepositories } from './window.ts';
import type { SessionWork } from './work.ts';

/** Some rows as they are now; a session that is asked for and not among them is gone. */
export type DashboardRows = { readonly rows: readonly DashboardRow[]; readonly gone: readonly SessionId[] };

/** Queries as they are for who waits for the answer of a thread. */
export type Asked<Queries> = {
  readonly [Name in keyof Queries]: Queries[Name] extends (...given: infer Given) => infer Answer
    ? (...given: Given) => Promise<Answer>
    : never;
};

export type LogQueries = {
  readonly dashboard: () => DashboardSnapshot;
  /** Raises `session.not_found`. */
  readonly session: (id: SessionId) => SessionDetail;
  /** A page in the order of (run, seq), by key and never by offset; `limit` is from 1 to 1,000. Raises `session.not_found`. */
  readonly history: (id: SessionId, after: HistoryPlace | null, limit: number) => HistoryPage;
  /** The last events before a place (null: before the end), in ascending order. Raises `session.not_found`. */
  readonly historyBefore: (id: SessionId, before: HistoryPlace | null, limit: number) => HistoryPageBefore;
  /** The nearest event of some types, or null. Raises `session.not_found`. */
  readonly find: (id: SessionId, options: FindOptions) => HistoryPlace | null;
  /** The rows of these sessions alone, such as those that a commit named. */
  readonly dashboardRows: (keys: readonly SessionKey[]) => DashboardRows;
  /** What became of a session's work. Raises `session.not_found`. */
  readonly work: (id: SessionId) => SessionWork;
  /** The prompts of a session that wait, in the order in which they are sent. Raises `session.not_found`. */
  readonly promptQueue: (id: SessionId) => readonly QueuedPrompt[];
  /** Repositories that sessions worked on, the last used first. */
  readonly repositories: () => RecentRepositories;
  /** What an agent of this name offered last, and what was chosen of it last. */
  readonly agentOptions: (agent: string) => AgentOptions;
  /**
   * Events after a position in order of position, at most `limit`; of one session if one is given, with the key by which
   * commits name it.
   */
  readonly eventsAfter: (
    position: Position,
    options: { session?: SessionId | undefined; limit: number },
  ) => EventsAfter;
  /** What agents used. Raises `configuration.invalid` where the person's own prices are none. */
  readonly usage: (question: UsageQuestion) => UsageAnswer;
  /** Folds the whole log and compares it with what is stored. Takes as long as the log is. */
  readonly verify: () => VerifyReport;
  /** The steps of a run's machine after a seq. Raises `session.not_found` and `run.not_found`, as the next two do. */
  readonly steps: (run: RunReference, range: StepRange) => StepPage;
  /** The states of a run and its marks after a seq, as far as one answer holds. */
  readonly overview: (run: RunReference, after: number) => RunOverview;
  /** Where a copy of the machine would go. Raises `input.invalid` as well, for an event that no run can hold. */
  readonly whatIf: (run: RunReference, supposed: Supposition) => WhatIf;
};
