/**
 * How much of its thread's time a session may take: a token bucket. It is paid steadily, saves up to a burst, and may
 * go into debt by what it does last, which has to be paid off before it is served again.
 */
export type TimeAllowance = {
  readonly spend: (milliseconds: number) => void;
  /** Milliseconds until something may be spent again; 0 when that is now. */
  readonly restMs: () => number;
};

/** `share` is what it is paid, of 1; `burstMs` is how much it can save; `now` gives milliseconds that never go back. */
export const createTimeAllowance = (options: {
  readonly share: number;
  readonly burstMs: number;
  readonly now: () => number;
}): TimeAllowance => {
  const { share, burstMs, now } = options;
  let saved = burstMs;
  let paidAt = now();

  const pay = (): void => {
    const at = now();
    saved = Math.min(burstMs, saved + (at - paidAt) * share);
    paidAt = at;
  };

  return {
    spend: (milliseconds) => {
      pay();
      saved -= milliseconds;
    },
    restMs: () => {
      pay();
      return saved > 0 ? 0 : (1 - saved) / share;
    },
  };
};
