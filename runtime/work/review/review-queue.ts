/** Sends what waits for the agent as soon as the run under way has ended, and after a restart as well. */
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { Log } from '../../data/log.ts';
import type { Readers } from '../../threads/readers.ts';
import { joinEqual } from '../../turns/join-equal.ts';

export type ReviewQueueOptions = {
  readonly readers: Pick<Readers, 'handle' | 'dashboard'>;
  /** Begins the next run with what waits, if something still does. Raises `session.busy` while it cannot. */
  readonly send: (id: SessionId) => Promise<void>;
  readonly log: Log;
};

export type ReviewQueue = {
  /** Something of this session waits. */
  readonly added: (id: SessionId) => void;
  /** A run of this session has ended, and what follows from that is done. */
  readonly runEnded: (id: SessionId) => void;
  /** Looks for what an earlier runtime left waiting. */
  readonly begin: () => Promise<void>;
  readonly stop: () => void;
};

/** Nobody tells when a command that is in progress on a session has ended. */
const retryMs = 500;

export const createReviewQueue = ({ readers, send, log }: ReviewQueueOptions): ReviewQueue => {
  /** The sessions of which something waits, with the number of runs at which it could not be sent. */
  const waiting = new Map<SessionId, number | null>();
  let retry: NodeJS.Timeout | undefined;
  let stopped = false;

  const attempt = joinEqual(async (id: SessionId): Promise<void> => {
    if (stopped || !waiting.has(id)) return;
    let runs: number | null = null;
    try {
      const { activeRun, state } = await readers.handle(id);
      runs = state.runCount;
      if (state.work.queuedComments.length === 0) {
        waiting.delete(id);
        return;
      }
      // One that a dead runtime left goes on when a person resumes it. What failed would fail with these as well: they
      // stay until a run has ended better.
      if (activeRun !== null || state.status === 'failed' || waiting.get(id) === runs) return;
      await send(id);
      waiting.delete(id);
    } catch (thrown) {
      if (thrown instanceof ThroughlineError && thrown.code === 'session.busy') {
        later();
        return;
      }
      if (thrown instanceof ThroughlineError && thrown.code === 'session.not_found') {
        waiting.delete(id);
        return;
      }
      waiting.set(id, runs);
      if (!stopped) log.error('comments that waited could not be sent', { session: id, error: thrown });
    }
  });

  const later = (): void => {
    if (stopped || retry !== undefined) return;
    retry = setTimeout(() => {
      retry = undefined;
      for (const id of waiting.keys()) void attempt(id);
    }, retryMs);
    retry.unref();
  };

  const added = (id: SessionId): void => {
    if (!waiting.has(id)) waiting.set(id, null);
    void attempt(id);
  };

  return {
    added,
    runEnded: (id) => void attempt(id),
    begin: async () => {
      const { rows } = await readers.dashboard();
      for (const { id, work } of rows) if (work.queuedComments > 0) added(id);
    },
    stop: () => {
      stopped = true;
      clearTimeout(retry);
    },
  };
};
