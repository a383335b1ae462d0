export type SteadyRefreshOptions<Value> = {
  readonly load: (signal: AbortSignal) => Promise<Value>;
  readonly onLoaded: (value: Value) => void;
  readonly onFailed: (error: unknown) => void;
  /** From the end of one to the beginning of the next, so that something slow is not asked without a pause. */
  readonly restMs: number;
  readonly setTimer?: (run: () => void, afterMs: number) => () => void;
};

export type SteadyRefresh = {
  /** What was loaded may be old. */
  readonly ask: () => void;
  readonly close: () => void;
};

/**
 * Loads something anew when it may have changed, however often it is said to: one at a time, with a rest between two,
 * and once more after the last time it was said. What is under way is never given up for something newer.
 */
export const createSteadyRefresh = <Value>(options: SteadyRefreshOptions<Value>): SteadyRefresh => {
  const { load, onLoaded, onFailed, restMs, setTimer = timer } = options;
  const closing = new AbortController();
  const { signal } = closing;
  let isBusy = false;
  let isWanted = false;
  let endRest = (): void => {};

  const refresh = async (): Promise<void> => {
    isBusy = true;
    isWanted = false;
    try {
      const value = await load(signal);
      if (!signal.aborted) onLoaded(value);
    } catch (error) {
      if (!signal.aborted) onFailed(error);
    }
    if (!signal.aborted) endRest = setTimer(rested, restMs);
  };

  const rested = (): void => {
    isBusy = false;
    if (isWanted) void refresh();
  };

  return {
    ask: () => {
      isWanted = true;
      if (!isBusy && !signal.aborted) void refresh();
    },
    close: () => {
      closing.abort();
      endRest();
    },
  };
};

const timer = (run: () => void, afterMs: number): (() => void) => {
  const started = setTimeout(run, afterMs);
  return () => clearTimeout(started);
};
