/** How long a sample waits for a thread's answer. */
const patienceMs = 100;

/** What a thread said last, and how long it has been asked without an answer: 0 when it answered at once. */
export type Answer<Self> = { readonly self: Self; readonly silentMs: number };

export type Probe<Self> = {
  /** Asks, unless a question is still open, and waits a little. Null while it has never answered. */
  readonly look: () => Promise<Answer<Self> | null>;
  /** Takes the thread's answer. */
  readonly receive: (self: Self) => void;
};

/**
 * Asks a thread how it is. It has one question at a time, so one that is busy or hangs gets no pile of them, and shows
 * by its silence what it is: that is worth more to who looks than no sample.
 */
export const createProbe = <Self>(ask: () => void): Probe<Self> => {
  let self: Self | null = null;
  let askedAt: number | null = null;
  let answered = (): void => {};

  return {
    look: async () => {
      if (askedAt === null) {
        askedAt = performance.now();
        ask();
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs);
        answered = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      return self === null ? null : { self, silentMs: askedAt === null ? 0 : Math.round(performance.now() - askedAt) };
    },
    receive: (answer) => {
      self = answer;
      askedAt = null;
      answered();
    },
  };
};
