/** A wall clock that a test puts forward, or back. */
import type { WallClock } from '../../runtime/limits/wall-clock.ts';

export type TestClock = WallClock & { readonly pass: (milliseconds: number) => void };

export const testClock = (): TestClock => {
  let ahead = 0;
  /** Timers run on time that passes, as those of a machine do: a clock that is put back does not hold them. */
  let passed = 0;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  return {
    now: () => Date.now() + ahead,
    after: (milliseconds, callback) => {
      const timer = { at: passed + milliseconds, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass: (milliseconds) => {
      ahead += milliseconds;
      passed += Math.max(0, milliseconds);
      for (const timer of [...timers]) {
        if (timer.at > passed || !timers.delete(timer)) continue;
        timer.callback();
      }
    },
  };
};
