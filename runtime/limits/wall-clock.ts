/** The time, and what calls back after a while. */
export type WallClock = {
  readonly now: () => number;
  /** Gives what takes it back. */
  readonly after: (milliseconds: number, callback: () => void) => () => void;
};

export const systemClock: WallClock = {
  now: Date.now,
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
