/**
 * How often something may be started again before its supervisor gives up, as OTP's supervisors count it: more than
 * `restarts` within `withinMs` is not bad luck any more. The time is that of a clock which nobody sets: one on the wall
 * that jumps back would keep them counted for as long.
 */
export const createRestartBudget = (options: {
  readonly restarts: number;
  readonly withinMs: number;
  readonly now?: () => number;
}) => {
  const time = options.now ?? (() => performance.now());
  let spent: number[] = [];
  const recent = (): number[] => {
    const now = time();
    spent = spent.filter((at) => now - at < options.withinMs);
    return spent;
  };
  return {
    /** Takes one restart; false when there is none left. */
    spend: (): boolean => {
      recent().push(time());
      return spent.length <= options.restarts;
    },
    /** How many there are, and within which time. */
    allowed: { budget: options.restarts, withinMs: options.withinMs },
    /** How many were taken, those long ago left out. */
    used: (): number => recent().length,
    /** Whether it was overspent, and not long enough ago. */
    isOverspent: (): boolean => recent().length > options.restarts,
  };
};

export const defaultRestarts = { restarts: 3, withinMs: 60_000 } as const;
