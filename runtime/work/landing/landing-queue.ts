/**
 * The queue: what is to land on a branch lands one after the other, in the order of their places; what is to land
 * elsewhere goes on beside it. It is in the log, so that the next start goes on with it; what stands here is who is next.
 */
import type { LandingId, SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { Log } from '../../data/log.ts';

export type QueueEntry = {
  readonly id: SessionId;
  readonly landingId: LandingId;
  /** The repository and the branch. */
  readonly line: string;
  /** The smaller one lands first. */
  readonly place: number;
  /** Whether its line stops before it. */
  readonly paused: boolean;
};

export type QueueOptions = {
  /** Carries one out. `later`: it could not be tried yet, and is to be tried again. */
  readonly carryOut: (entry: QueueEntry, signal: AbortSignal) => Promise<'ended' | 'later'>;
  readonly log: Log;
  /** How long until what could not be tried yet is tried again. */
  readonly againMs: number;
};

type Running = { readonly entry: QueueEntry; readonly controller: AbortController; readonly left: Promise<unknown> };

export const createLandingQueue = ({ carryOut, log, againMs }: QueueOptions) => {
  /** All that are not carried out at the moment. */
  const entries = new Map<LandingId, QueueEntry>();
  /** The one of each line that is carried out. */
  const running = new Map<string, Running>();
  /** Those that could not be tried yet: passed over until they are tried again. */
  const later = new Set<LandingId>();
  const working = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | null = null;
  let isStopping = false;

  const waitingIn = (line: string): readonly QueueEntry[] =>
    [...entries.values()].filter((entry) => entry.line === line).sort((one, other) => one.place - other.place);

  const runningOf = (landingId: LandingId): Running | undefined =>
    [...running.values()].find(({ entry }) => entry.landingId === landingId);

  const work = async (line: string): Promise<void> => {
    while (!isStopping) {
      const next = waitingIn(line).find(({ landingId, paused }) => paused || !later.has(landingId));
      if (next === undefined || next.paused) return;
      entries.delete(next.landingId);
      const controller = new AbortController();
      const carriedOut = carryOut(next, controller.signal);
      running.set(line, { entry: next, controller, left: carriedOut.catch(() => {}) });
      try {
        if ((await carriedOut) === 'later' && !controller.signal.aborted) wait(next);
      } catch (error) {
        log.error('a landing could not be carried out', { session: next.id, error });
      } finally {
        running.delete(line);
      }
    }
  };

  const begin = (line: string): void => {
    if (isStopping || running.has(line)) return;
    const worked = work(line);
    working.add(worked);
    worked.finally(() => working.delete(worked));
  };

  const wait = (entry: QueueEntry): void => {
    entries.set(entry.landingId, entry);
    later.add(entry.landingId);
    if (timer !== null || isStopping) return;
    timer = setTimeout(() => {
      timer = null;
      later.clear();
      for (const line of new Set([...entries.values()].map((each) => each.line))) begin(line);
    }, againMs);
    // Nobody is kept alive for it: the log has it.
    timer.unref();
  };

  return {
    /** Adds one, or puts one that waits where it stands now. */
    put: (entry: QueueEntry): void => {
      if (isStopping) return;
      entries.set(entry.landingId, entry);
      begin(entry.line);
    },
    /** One that waits for its turn, or for something else. */
    find: (landingId: LandingId): QueueEntry | undefined => entries.get(landingId),
    /** Those of a line in their order, the one that is carried out first of all. */
    inLine: (line: string): readonly QueueEntry[] => {
      const first = running.get(line);
      return [...(first === undefined ? [] : [first.entry]), ...waitingIn(line)];
    },
    isRunning: (landingId: LandingId): boolean => runningOf(landingId) !== undefined,
    /** Resolves when it is not being carried out any more. */
    left: async (landingId: LandingId): Promise<void> => {
      await runningOf(landingId)?.left;
    },
    /** Takes one out; false when it is being carried out: then it is told to end, as soon as it can. */
    remove: (landingId: LandingId): boolean => {
      entries.delete(landingId);
      later.delete(landingId);
      const found = runningOf(landingId);
      found?.controller.abort();
      return found === undefined;
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
