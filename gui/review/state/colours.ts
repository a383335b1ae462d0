/** Colours of code, by a worker: nothing waits for them, and what has none is shown plain. */
import { type ColourRequest, isColourAnswer } from '../colours/colour-messages.ts';

export type Colours = {
  /** The ranges of a text; null when there are none, and there will be none. */
  readonly ofText: (text: string, language: string) => Promise<Uint32Array | null>;
  readonly close: () => void;
};

/** Beside `window.js`: `build.mjs` makes both. */
const workerAddress = '/code-colours.js';

export const createColours = (startWorker = () => new Worker(workerAddress, { type: 'module' })): Colours => {
  const waiting = new Map<number, (ranges: Uint32Array | null) => void>();
  let worker: Worker | null | undefined;
  let lastId = 0;

  const giveUp = (): void => {
    worker?.terminate();
    worker = null;
    for (const answer of waiting.values()) answer(null);
    waiting.clear();
  };

  const started = (): Worker | null => {
    if (worker !== undefined) return worker;
    try {
      worker = startWorker();
    } catch {
      // Without workers it is plain.
      worker = null;
      return null;
    }
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (!isColourAnswer(data)) return;
      waiting.get(data.id)?.(data.ranges);
      waiting.delete(data.id);
    });
    worker.addEventListener('error', giveUp);
    return worker;
  };

  return {
    ofText: (text, language) => {
      const to = started();
      if (to === null) return Promise.resolve(null);
      lastId += 1;
      const request: ColourRequest = { id: lastId, language, text };
      return new Promise((answer) => {
        waiting.set(request.id, answer);
        to.postMessage(request);
      });
    },
    close: giveUp,
  };
};
