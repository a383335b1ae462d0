/**
 * Sends what waits for a session's agent as soon as the run under way has ended and its time has come, and after a
 * restart as well. What waits is in the log, and so is what was sent; here is only who has to be looked at.
 */
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import type { WorkSummary } from '../../actors/protocol/facts/work-summary.ts';
import type { Log } from '../data/log.ts';
import type { Readers } from '../threads/readers.ts';
import { joinEqual } from '../turns/join-equal.ts';

/** Something that can wait for a session's agent. */
export type Waits = {
  readonly isThere: (work: WorkSummary) => boolean;
  /** Begins the next run with it, if it may. Gives whether it did. Raises `session.busy` while nothing can begin. */
  readonly send: (id: SessionId) => Promise<boolean>;
  /** The times, in milliseconds since 1970, at which some of it may go that may not before. */
  readonly timesOf?: (work: WorkSummary) => readonly number[];
};

export type SendsWhenFreeOptions = {
  readonly readers: Pick<Readers, 'handle' | 'dashboard'>;
  /** What comes first is sent first. */
  readonly waits: readonly Waits[];
  readonly log: Log;
};

export type SendsWhenFree = {
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
/** A timer knows nothing of a machine that slept, nor of a clock that was set: the time is looked at so often at least. */
const clockMs = 30_000;

export const createSendsWhenFree = ({ readers, waits, log }: SendsWhenFreeOptions): SendsWhenFree => {
  /** The sessions of which something waits, with the number of runs at which it could not be sent. */
  const waiting = new Map<SessionId, number | null>();
  let retry: NodeJS.Timeout | undefined;
  /** When to look again at those that wait for a time. */
  const times = new Map<SessionId, number>();
  let alarm: NodeJS.Timeout | undefined;
  let stopped = false;

  const attempt = joinEqual(async (id: SessionId): Promise<void> => {
    if (stopped || !waiting.has(id)) return;
    let runs: number | null = null;
    times.delete(id);
    try {
      const { activeRun, state } = await readers.handle(id);
      runs = state.runCount;
      const there = waits.filter(({ isThere }) => isThere(state.work));
      if (there.length === 0) {
        waiting.delete(id);
        return;
      }
      // One that a dead runtime left goes on when a person resumes it.
      if (activeRun !== null || waiting.get(id) === runs) return;
      // Before anything is sent: a time that comes meanwhile is not missed.
      const next = there.flatMap(({ timesOf }) => timesOf?.(state.work) ?? []).filter((at) => at > Date.now());
      if (next.length > 0) times.set(id, Math.min(...next));
      wake();
      for (const { send } of there) if (await send(id)) return;
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
      if (!stopped) log.error('what waited for an agent could not be sent', { session: id, error: thrown });
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

  const wake = (): void => {
    clearTimeout(alarm);
    if (stopped || times.size === 0) return;
    let next = Number.POSITIVE_INFINITY;
    for (const at of times.values()) next = Math.min(next, at);
    alarm = setTimeout(
      () => {
        const now = Date.now();
        for (const [id, at] of times) if (at <= now) void attempt(id);
        wake();
      },
      Math.max(1, Math.min(next - Date.now(), clockMs)),
    );
    alarm.unref();
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
      for (const { id, work } of rows) if (work.queuedComments + work.queuedPrompts > 0) added(id);
    },
    stop: () => {
      stopped = true;
      clearTimeout(retry);
      clearTimeout(alarm);
    },
  };
};
