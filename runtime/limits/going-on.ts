/**
 * Has paused sessions go on when their time has come: those that live, and those that an earlier runtime left. What waits
 * is in the log; here is only who has to be looked at, and when. The time is that of the wall clock, looked at every half
 * minute at least: a machine that slept, or a clock that was put right, delays nobody for longer.
 */
import {
  dueIn,
  emptyLine,
  type Line,
  type Waiting,
  withMoved,
  withoutWaiting,
  withReturned,
  withStarted,
  withWaiting,
} from '../../actors/model/limits/account-line.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import type { PauseState } from '../../actors/protocol/facts/limit-events.ts';
import type { Log } from '../data/log.ts';
import type { Readers } from '../threads/readers.ts';
import type { WallClock } from './wall-clock.ts';

export type GoingOnOptions = {
  readonly readers: Pick<Readers, 'handle' | 'dashboard'>;
  /** Has a paused session go on, if it still is. Raises `session.busy` while nothing can begin there. */
  readonly goOn: (id: SessionId) => Promise<unknown>;
  readonly clock: WallClock;
  readonly log: Log;
};

export type GoingOn = ReturnType<typeof createGoingOn>;

const longestSleepMs = 30_000;
/** Nobody tells when a command that is in progress on a session has ended. */
const busyMs = 500;
/** What could not go on for another reason is tried again then. */
const troubleMs = 10 * 60_000;

export const createGoingOn = ({ readers, goOn, clock, log }: GoingOnOptions) => {
  let line: Line<SessionId> = emptyLine();
  let cancel = (): void => {};
  let stopped = false;

  const look = (): void => {
    cancel();
    if (stopped) return;
    const now = clock.now();
    const { due, next } = dueIn(line, now);
    for (const id of due) {
      const was = line.waiting.get(id);
      line = withStarted(line, id, now);
      if (was !== undefined) void begin(was);
    }
    cancel = next === null ? () => {} : clock.after(Math.min(Math.max(next - now, 1), longestSleepMs), look);
  };

  const begin = async (was: Waiting<SessionId>): Promise<void> => {
    try {
      await goOn(was.id);
    } catch (thrown) {
      if (stopped || (thrown instanceof ThroughlineError && thrown.code === 'session.not_found')) return;
      const isBusy = thrown instanceof ThroughlineError && thrown.code === 'session.busy';
      if (!isBusy) log.error('a paused session could not go on', { session: was.id, error: thrown });
      line = withReturned(line, { ...was, until: clock.now() + (isBusy ? busyMs : troubleMs) });
      look();
    }
  };

  const change = (next: Line<SessionId>): void => {
    line = next;
    look();
  };

  return {
    /** A session of this account waits from now on. */
    paused: (id: SessionId, account: string, { why, until }: Pick<PauseState, 'why' | 'until'>): void =>
      change(withWaiting(line, { id, account, why, until, since: clock.now() })),

    /** A person has said when it goes on; null: when a person says so. */
    moved: (id: SessionId, until: number | null): void => change(withMoved(line, id, until)),

    /** It does not wait any more: a person has it go on. */
    left: (id: SessionId): void => change(withoutWaiting(line, id)),

    /** A run of this session has ended. */
    runEnded: (id: SessionId): void => {
      const concerns = line.waiting.has(id) || [...line.started.values()].some((last) => last.id === id);
      if (!concerns) return;
      change(withoutWaiting(line, id));
      // One that has done its work shows that the limit is lifted.
      readers.handle(id).then(
        ({ state }) => change(withoutWaiting(line, id, state.status === 'completed')),
        () => {},
      );
    },

    /** Looks for what an earlier runtime left paused. */
    begin: async (): Promise<void> => {
      const { rows } = await readers.dashboard();
      for (const { id, agent, work, lastActivityAt } of rows) {
        if (work.pause === null || line.waiting.has(id)) continue;
        const { why, until } = work.pause;
        // Each keeps its own time: none of these has met its limit just now.
        line = withReturned(line, { id, account: agent, why, until, since: lastActivityAt });
      }
      look();
    },

    stop: (): void => {
      stopped = true;
      cancel();
    },
  };
};
