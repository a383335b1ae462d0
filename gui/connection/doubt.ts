/**
 * Whether it is the runtime that answers at this address. While that is not known, nothing is said that would be worth
 * something to others, and nothing that is heard is believed.
 */
export type Doubt = {
  readonly isRaised: () => boolean;
  /** From now on, `ask` has to say whether it is the runtime. */
  readonly raise: (ask: () => Promise<boolean>) => void;
  readonly settle: () => void;
  /** True at once while nothing is doubted. */
  readonly isRuntime: () => Promise<boolean>;
};

export const createDoubt = (): Doubt => {
  let ask: (() => Promise<boolean>) | null = null;
  return Object.freeze({
    isRaised: () => ask !== null,
    raise: (asked) => {
      ask = asked;
    },
    settle: () => {
      ask = null;
    },
    isRuntime: async () => ask === null || (await ask()),
  } satisfies Doubt);
};
