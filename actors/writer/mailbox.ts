/**
 * The writer's mailbox: takes requests as they come and commits everything that waits in one transaction.
 *
 * Group commit without a timer: the commit in progress is the batching window, and whatever arrives meanwhile forms the
 * next batch. Its bound is kept by the senders (backpressure), who have at most `maxInFlightEvents` unacknowledged
 * each.
 */
import type { ThroughlineError } from '../protocol/facts/error.ts';
import {
  maxCommitEvents,
  maxRemovedEvents,
  type WriterReply,
  type WriterRequest,
} from '../protocol/threads/writer-messages.ts';
import { isCorruption } from '../store/file/corruption.ts';
import { diskError } from '../store/file/disk-error.ts';
import { damaged } from '../store/open-store.ts';
import type { Commit, CommitRequests } from './commit.ts';

/** Who asked, and gets the reply. */
export type Sender = { readonly reply: (reply: WriterReply) => void };

export type MailboxOptions = {
  readonly commit: CommitRequests;
  readonly onCommitted: (commit: Commit) => void;
  readonly onPaused: (error: ThroughlineError) => void;
  readonly onResumed: () => void;
  /** The database is damaged: nothing is written any more. */
  readonly onDamaged: (error: ThroughlineError) => void;
  /** Calls back when everything that has arrived so far is in the mailbox. */
  readonly schedule: (callback: () => void) => void;
  readonly scheduleRetry: (callback: () => void) => void;
};

type Letter = { readonly sender: Sender; readonly request: WriterRequest };

export const createMailbox = (options: MailboxOptions) => {
  let waiting: Letter[] = [];
  let scheduled = false;
  /** What the disk refuses writes with; null while it takes them. */
  let paused: ThroughlineError | null = null;
  let damage: ThroughlineError | null = null;

  const schedule = (): void => {
    if (scheduled || paused !== null || damage !== null || waiting.length === 0) return;
    scheduled = true;
    options.schedule(drain);
  };

  const drain = (): void => {
    scheduled = false;
    const batch = takeBatch();
    if (batch.length === 0) {
      // Only commands had been refused, so nothing waits that could be tried: the next one tries.
      resume();
      return;
    }
    let commit: Commit;
    try {
      commit = options.commit(batch.map((letter) => letter.request));
    } catch (thrown) {
      if (isCorruption(thrown)) {
        stopAt(batch, damaged(`the database is damaged: ${thrown.message}`, thrown));
        return;
      }
      const error = diskError(thrown);
      // Not the disk: a fault of ours. The thread ends with it, and the supervisor starts another.
      if (error === null) throw thrown;
      pause(batch, error);
      return;
    }
    resume();
    answer(batch, commit.replies);
    options.onCommitted(commit);
    schedule();
  };

  const takeBatch = (): Letter[] => {
    let events = 0;
    let count = 0;
    for (const { request } of waiting) {
      if (count > 0 && events >= maxCommitEvents) break;
      events += weightOf(request);
      count += 1;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return batch;
  };

  const pause = (batch: readonly Letter[], error: ThroughlineError): void => {
    keep(batch, waits, error);
    if (paused === null) options.onPaused(error);
    paused = error;
    options.scheduleRetry(drain);
  };

  const resume = (): void => {
    if (paused === null) return;
    paused = null;
    options.onResumed();
  };

  // What an agent said is not acknowledged any more, so its output is not read further; all others are told.
  const stopAt = (batch: readonly Letter[], error: ThroughlineError): void => {
    damage = error;
    keep([...batch, ...waiting.splice(0)], isAppend, error);
    options.onDamaged(error);
  };

  const keep = (
    letters: readonly Letter[],
    isKept: (request: WriterRequest) => boolean,
    error: ThroughlineError,
  ): void => {
    const kept: Letter[] = [];
    for (const letter of letters) {
      if (isKept(letter.request)) kept.push(letter);
      else if (letter.request.kind !== 'append') letter.sender.reply(failed(letter.request.requestId, error));
    }
    waiting = [...kept, ...waiting];
  };

  return {
    post: (sender: Sender, request: WriterRequest): void => {
      if (damage !== null && request.kind !== 'append') {
        sender.reply(failed(request.requestId, damage));
        return;
      }
      if (paused !== null && !waits(request)) {
        sender.reply(failed(request.requestId, paused));
        return;
      }
      waiting.push({ sender, request });
      schedule();
    },
    /** What waits, in requests and in the events that appends among them bring. */
    depth: (): { readonly requests: number; readonly events: number } => ({
      requests: waiting.length,
      events: waiting.reduce((sum, { request }) => sum + eventsIn(request), 0),
    }),
    /** Whether the disk refuses writes. */
    isPaused: (): boolean => paused !== null,
  };
};

const isAppend = (request: WriterRequest): boolean => request.kind === 'append';

const eventsIn = (request: WriterRequest): number =>
  request.kind === 'append' ? request.batches.reduce((sum, batch) => sum + batch.events.length, 0) : 0;

/** What a request adds to its transaction, in events: those it deletes take the time that others take to be written. */
const weightOf = (request: WriterRequest): number =>
  request.kind === 'remove_session' ? maxRemovedEvents : eventsIn(request);

/**
 * Whether a request waits for a disk that refuses writes: nothing an agent said is dropped for it, and a run that nobody
 * else can end must not stay open. All others have somebody waiting who can be told.
 */
const waits = (request: WriterRequest): request is Extract<WriterRequest, { kind: 'append' | 'settle_run' }> =>
  request.kind === 'append' || request.kind === 'settle_run';

const failed = (requestId: number, error: ThroughlineError): WriterReply => ({
  kind: 'answer',
  requestId,
  answer: { kind: 'failed', error: error.toPlain() },
});

/** Acknowledgements of one commit go out as one message to each sender. */
const answer = (batch: readonly Letter[], replies: readonly WriterReply[]): void => {
  const acknowledged = new Map<Sender, Extract<WriterReply, { kind: 'acknowledged' }>['results'][number][]>();
  for (const [index, { sender }] of batch.entries()) {
    const reply = replies[index];
    if (reply?.kind === 'answer') sender.reply(reply);
    if (reply?.kind === 'acknowledged') {
      const results = acknowledged.get(sender) ?? [];
      results.push(...reply.results);
      acknowledged.set(sender, results);
    }
  }
  for (const [sender, results] of acknowledged) sender.reply({ kind: 'acknowledged', results });
};
