/**
 * How long somebody who is waited for may be silent. Each word of theirs is a new beginning: a long replay is no silence.
 */
import type { Timers } from './run-in-progress.ts';

export type Patience = { readonly heard: () => void; readonly end: () => void };

/** `onOver` is called once, when nothing was heard for `silenceMs`. */
export const createPatience = (timers: Timers, silenceMs: number, onOver: () => void): Patience => {
  let isOver = false;
  let timer = timers.setTimeout(over, silenceMs);

  function over(): void {
    isOver = true;
    onOver();
  }

  return {
    heard: () => {
      if (isOver) return;
      timers.clearTimeout(timer);
      timer = timers.setTimeout(over, silenceMs);
    },
    end: () => {
      isOver = true;
      timers.clearTimeout(timer);
    },
  };
};
