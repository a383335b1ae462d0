/**
 * The queue: what is to land on a branch lands one after the other, in the order in which it was queued; what is to land
 * elsewhere goes on beside it. It is in the log, so that the next start goes on with it; what stands here is who is next.
 */
import type { LandingId, SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { Log } from '../../data/log.ts';

export type QueueEntry = {
  readonly id: SessionId;
  readonly landingId: LandingId;
  /** The repository and the branch. */
  readonly line: string;
};

export type QueueOptions = {
  /** Carries one out. `later`: it could not be tried yet, and is to be tried again. */
  readonly carryOut: (entry: QueueEntry, signal: AbortSignal) => Promise<'ended' | 'later'>;
  readonly log: Log;
  /** How long until what could not be tried yet is tried again. */
  readonly againMs: number;
};

export const createLandingQueue = ({ carryOut, log, againMs }: QueueOptions) => {
  const lines = new Map<string, QueueEntry[]>();
  const running = new Map<LandingId, { readonly controller: AbortController; readonly left: Promise<unknown> }>();
  const working = new Set<Promise<void>>();
  const waiting = new Map<LandingId, QueueEntry>();
  let timer: NodeJS.Timeout | null = null;
  let isStopping = false;

  const work = async (line: string, entries: QueueEntry[]): Promise<void> => {
    for (let entry = entries[0]; entry !== undefined && !isStopping; entry = entries[0]) {
      const controller = new AbortController();
      const carriedOut = carryOut(entry, controller.signal);
      running.set(entry.landingId, { controller, left: carriedOut.catch(() => {}) });
      try {
        const end = await carriedOut;
        if (end === 'later' && !controller.signal.aborted) wait(entry);
      } catch (error) {
        log.error('a landing could not be carried out', { session: entry.id, error });
      } finally {
        running.delete(entry.landingId);
        entries.shift();
      }
    }
    lines.delete(line);
  };

  const wait = (entry: QueueEntry): void => {
    waiting.set(entry.landingId, entry);
    if (timer !== null || isStopping) return;
    timer = setTimeout(() => {
      timer = null;
      const again = [...waiting.values()];
      waiting.clear();
      for (const each of again) add(each);
    }, againMs);
    // Nobody is kept alive for it: the log has it.
    timer.unref();
  };

  const add = (entry: QueueEntry): void => {
    if (isStopping) return;
    const entries = lines.get(entry.line);
    if (entries !== undefined) {
      entries.push(entry);
      return;
    }
    const line = [entry];
    lines.set(entry.line, line);
    const worked = work(entry.line, line);
    working.add(worked);
    worked.finally(() => working.delete(worked));
  };

  return {
    add,
    /** Whether it is known here: it waits for its turn, for something else, or is under way. */
    has: (landingId: LandingId): boolean =>
      running.has(landingId) ||
      waiting.has(landingId) ||
      [...lines.values()].some((entries) => entries.some((entry) => entry.landingId === landingId)),
    isRunning: (landingId: LandingId): boolean => running.has(landingId),
    /** Resolves when it is not being carried out any more. */
    left: async (landingId: LandingId): Promise<void> => {
      await running.get(landingId)?.left;
    },
    /** Takes one out; false when it is being carried out: then it is told to end, as soon as it can. */
    remove: (landingId: LandingId): boolean => {
      waiting.delete(landingId);
      const found = running.get(landingId);
      if (found !== undefined) {
        found.controller.abort();
        return false;
      }
      for (const entries of lines.values()) {
        const at = entries.findIndex((entry) => entry.landingId === landingId);
        if (at >= 0) entries.splice(at, 1);
      }
      return true;
    },
    /** Begins no other, and resolves when those under way have come to where they can be left. */
    stop: async (): Promise<void> => {
      isStopping = true;
      if (timer !== null) clearTimeout(timer);
      for (const { controller } of running.values()) controller.abort();
      await Promise.allSettled(working);
    },
  };
};
