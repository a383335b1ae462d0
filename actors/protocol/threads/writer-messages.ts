/** What the writer actor is asked and what it answers. Its mailbox is fed by one port for each session thread and one for the runtime. */
import type { MessagePort } from 'node:worker_threads';
import type { PlainError } from '../facts/error.ts';
import type { EncodedFact } from '../facts/events.ts';
import type {
  EpochKey,
  Ordinal,
  Position,
  RunId,
  RunKey,
  Seq,
  SessionId,
  SessionKey,
  Timestamp,
} from '../facts/ids.ts';
import type { TerminalStatus } from '../facts/status.ts';
import type { WriterSelfSample } from '../gateway/actor-system.ts';

/** Consecutive events of one run; `firstSeq` is the place the sender expects the first one to get. */
export type AppendBatch = {
  readonly runKey: RunKey;
  readonly firstSeq: Seq;
  readonly events: readonly EncodedFact[];
};

export type BegunRun = {
  readonly sessionKey: SessionKey;
  readonly runKey: RunKey;
  readonly runId: RunId;
  readonly ordinal: Ordinal;
  readonly lastSeq: Seq;
  readonly ledgerRunKey: RunKey;
  readonly ledgerLastSeq: Seq;
};

/** Every request may be sent again after a crash: each is recognised by what it names and then only answered. */
export type WriterRequest =
  /** From session threads, and from the runtime for ledgers. Answered by one `acknowledged` for all in a commit. */
  | { readonly kind: 'append'; readonly batches: readonly AppendBatch[] }
  /** A new session: its ledger's first events and its first run. Recognised by the session's id. */
  | {
      readonly kind: 'open_session';
      readonly requestId: number;
      readonly sessionId: SessionId;
      readonly ledgerRunId: RunId;
      readonly ledger: readonly EncodedFact[];
      readonly runId: RunId;
      readonly events: readonly EncodedFact[];
    }
  /** The next run of a session. A run that an earlier epoch left open is closed first. Recognised by the run's id. */
  | {
      readonly kind: 'begin_run';
      readonly requestId: number;
      readonly sessionId: SessionId;
      readonly runId: RunId;
      readonly events: readonly EncodedFact[];
      readonly closeOpenRun: readonly EncodedFact[];
    }
  /** Ends a run that nobody else can end any more. Its events are not stored if the run has an outcome already. */
  | {
      readonly kind: 'settle_run';
      readonly requestId: number;
      readonly runKey: RunKey;
      readonly events: readonly EncodedFact[];
    }
  /** A step of a session's removal, in its ledger. Recognised by what it changes: a step that was taken is not taken twice. */
  | {
      readonly kind: 'record_removal';
      readonly requestId: number;
      readonly sessionId: SessionId;
      readonly event: EncodedFact;
    }
  /**
   * Deletes the next piece of a session's events, `maxRemovedEvents` at most, and says how many are gone now; it is sent
   * again until nothing is left but a tombstone. `parkedRef` is what the tombstone says of the session's work.
   */
  | {
      readonly kind: 'remove_session';
      readonly requestId: number;
      readonly sessionId: SessionId;
      readonly occurredAt: Timestamp;
      readonly parkedRef?: string | null;
    }
  /** Closes the epoch as clean. The last request of a runtime. */
  | { readonly kind: 'close_epoch'; readonly requestId: number; readonly endedAt: Timestamp };

export type WriterCommand = Exclude<WriterRequest, { readonly kind: 'append' }>;

export type AppendResult =
  | { readonly kind: 'appended'; readonly runKey: RunKey; readonly lastSeq: Seq }
  | { readonly kind: 'duplicate'; readonly runKey: RunKey; readonly lastSeq: Seq }
  | { readonly kind: 'refused'; readonly runKey: RunKey; readonly lastSeq: Seq; readonly error: PlainError };

export type CommandAnswer =
  | { readonly kind: 'begun'; readonly run: BegunRun }
  | { readonly kind: 'settled'; readonly outcome: TerminalStatus | null; readonly lastSeq: Seq }
  | { readonly kind: 'removal_recorded' }
  /** `isWhole`: nothing is left of the session but its tombstone. */
  | { readonly kind: 'removed'; readonly events: number; readonly isWhole: boolean }
  | { readonly kind: 'epoch_closed' }
  | { readonly kind: 'failed'; readonly error: PlainError };

export type WriterReply =
  | { readonly kind: 'acknowledged'; readonly results: readonly AppendResult[] }
  | { readonly kind: 'answer'; readonly requestId: number; readonly answer: CommandAnswer };

/** What a session of an earlier epoch left behind, for the runtime to look after. */
export type AgentOfEarlierEpoch = {
  readonly sessionId: SessionId;
  readonly pid: number;
  readonly startedAt: string;
};

/** From the writer's thread to the runtime. */
export type WriterNotice =
  | {
      readonly kind: 'ready';
      readonly epochKey: EpochKey;
      readonly position: Position;
      /** Sessions that this start marked as restored. */
      readonly restored: readonly SessionId[];
      /** Agents that earlier epochs may have left running. */
      readonly agents: readonly AgentOfEarlierEpoch[];
      /** Whether an earlier epoch left sessions behind whose removal it had begun. */
      readonly hasUnfinishedRemovals: boolean;
    }
  | { readonly kind: 'not_ready'; readonly error: PlainError }
  /** After each commit. Subscribers read what is new; nothing is published before it is durable. */
  | { readonly kind: 'committed'; readonly position: Position; readonly sessions: readonly SessionKey[] }
  /** The disk refuses writes. Appends wait in the mailbox and are tried again; commands are refused meanwhile. */
  | { readonly kind: 'paused'; readonly error: PlainError }
  | { readonly kind: 'resumed' }
  /** SQLite found the file damaged. Nothing is written any more; commands are refused, appends are not acknowledged. */
  | { readonly kind: 'damaged'; readonly error: PlainError }
  /** The head mark could not be written; said once until it can be again. Nothing is lost by it. */
  | { readonly kind: 'unmarked'; readonly error: PlainError }
  | { readonly kind: 'sampled'; readonly sample: WriterSelfSample };

/** To the writer's thread from the runtime. */
export type WriterControl =
  /** The first message: its thread has loaded the program meanwhile, and waits for it. */
  | { readonly kind: 'open'; readonly options: WriterOptions }
  | { readonly kind: 'connect'; readonly port: MessagePort }
  /** Somebody looks: answered by `sampled`. From the first one on commits are timed, until nobody looks any more. */
  | { readonly kind: 'sample' }
  | { readonly kind: 'stop_sampling' }
  /** Closes the database, which empties the write-ahead log into it, and ends the thread. */
  | { readonly kind: 'close' };

export type WriterOptions = {
  readonly databasePath: string;
  readonly migrationsFolder: string;
  readonly synchronous: 'FULL' | 'NORMAL';
  readonly programVersion: string;
  readonly pid: number;
  /** Null opens a new epoch; a restarted writer goes on in the one that is open. */
  readonly epochKey: EpochKey | null;
};

/** How many events one transaction takes at most: more would make everyone wait for it. */
export const maxCommitEvents = 1_000;

/** How many events of a session that is being removed one transaction deletes at most, for the same reason. */
export const maxRemovedEvents = 1_000;

/** How many events one thread may have with the writer unacknowledged: the bound of the writer's mailbox, per port. */
export const maxInFlightEvents = 2_000;
