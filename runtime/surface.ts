/** What the runtime offers to those who stand in front of it: the gateway, and through it the window and the scripts. */
import type { AgentDescription, NewSession, VerifyReport } from '../actors/protocol/api.ts';
import type { DashboardSnapshot, SessionDetail } from '../actors/protocol/dashboard.ts';
import type { HistoryEvent } from '../actors/protocol/events.ts';
import type { ApprovalId, Position, RunId, SessionId } from '../actors/protocol/ids.ts';

/** The run that a command began; `run` is its ordinal. */
export type Started = { readonly id: SessionId; readonly runId: RunId; readonly run: number };

export type Decision = { readonly decision: 'allow' | 'deny'; readonly optionId?: string | undefined };

/** Every method refuses with a ThroughlineError whose code says why. */
export type RuntimeCommands = {
  readonly startSession: (request: NewSession) => Promise<Started>;
  readonly prompt: (id: SessionId, prompt: string) => Promise<Started>;
  /** Without a prompt only for a session that was in flight when an earlier epoch ended. */
  readonly resume: (id: SessionId, prompt?: string) => Promise<Started>;
  readonly interrupt: (id: SessionId) => Promise<void>;
  readonly decide: (id: SessionId, approvalId: ApprovalId, decision: Decision) => Promise<void>;
  readonly rename: (id: SessionId, name: string) => Promise<void>;
  readonly remove: (id: SessionId, options: { readonly force: boolean }) => Promise<{ parkedRef: string | null }>;
};

/** An event with the session it belongs to, as the tail sends it. */
export type TailEvent = { readonly sessionId: SessionId; readonly event: HistoryEvent };

/** `after` is where the last page ended: a run's ordinal and a seq. */
export type HistoryPlace = { readonly run: number; readonly seq: number };

export type HistoryPage = { readonly events: readonly HistoryEvent[]; readonly next: HistoryPlace | null };

/** What only reads. Answered by reader threads in the runtime, or directly where no runtime runs. */
export type RuntimeQueries = {
  readonly dashboard: () => Promise<DashboardSnapshot>;
  /** Raises `session.not_found`. */
  readonly session: (id: SessionId) => Promise<SessionDetail>;
  /** Raises `session.not_found`. `limit` is from 1 to 1,000. */
  readonly history: (id: SessionId, after: HistoryPlace | null, limit: number) => Promise<HistoryPage>;
  /** Events after a position in order of position, at most `limit`; of one session if one is given. */
  readonly eventsAfter: (
    position: Position,
    options: { readonly session?: SessionId | undefined; readonly limit: number },
  ) => Promise<{ readonly events: readonly TailEvent[]; readonly upTo: Position }>;
  readonly verify: () => Promise<VerifyReport>;
};

export type Runtime = RuntimeCommands &
  RuntimeQueries & {
    readonly agents: () => Promise<readonly AgentDescription[]>;
    /** The last committed position. */
    readonly head: () => Position;
    /** Calls back after each commit with the last committed position; gives what ends that. */
    readonly onCommitted: (listener: (position: Position) => void) => () => void;
    /** Stops every actor in order and closes the epoch. Sessions that run come back as restored. Idempotent. */
    readonly stop: () => Promise<void>;
  };
