/** The window's one clock: every age on the screen is computed from it, so that a thousand rows need one timer. */
import { signal } from '@preact/signals';

const tickMs = 1000;

export const now = signal(Date.now());

/** Lets it tick from now on. A window that is not seen does not tick. */
export const startClock = (): void => {
  const tick = (): void => {
    if (!document.hidden) now.value = Date.now();
  };
  setInterval(tick, tickMs);
  document.addEventListener('visibilitychange', tick);
};
