/** The window's one clock: every age on the screen is computed from it, so that a thousand rows need one timer. */
import { type ReadonlySignal, signal } from '@preact/signals';

const tickMs = 1000;

export type Clock = {
  readonly now: ReadonlySignal<number>;
  /** Lets it tick from now on. A window that is not seen does not tick. */
  readonly start: () => void;
};

export const createClock = (): Clock => {
  const now = signal(Date.now());
  const tick = (): void => {
    if (!document.hidden) now.value = Date.now();
  };
  return Object.freeze({
    now,
    start: () => {
      setInterval(tick, tickMs);
      document.addEventListener('visibilitychange', tick);
    },
  } satisfies Clock);
};
