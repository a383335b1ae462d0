/** Runs `body` now, or when one of those before it has ended, well or badly; gives back what it gives back. */
export type AtMost = {
  readonly run: <Value>(body: () => Promise<Value>) => Promise<Value>;
  /** How many wait. */
  readonly waiting: () => number;
};

/** At most `limit` (from 1) bodies run at one time, the others in the order they came. */
export const createAtMost = (limit: number): AtMost => {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    run: async (body) => {
      if (running < limit) running += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await body();
      } finally {
        // Handed on, not given back: nobody who comes meanwhile goes before one that waits.
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
    waiting: () => waiting.length,
  };
};
