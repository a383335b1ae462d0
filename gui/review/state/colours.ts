/** Colours of code, by a worker: nothing waits for them, and what has none is shown plain. */
import { type ColourRequest, isColourAnswer } from '../colours/colour-messages.ts';

export type Colours = {
  /** The ranges of a text; null when there are none, and there will be none. */
  readonly ofText: (text: string, language: string) => Promise<Uint32Array | null>;
  readonly close: () => void;
};

/** Beside `window.js`: `build.mjs` makes both. */
const workerAddress = '/code-colours.js';

/** A text that takes longer is one that was made to: it stays plain, and the worker is another one from then on. */
const longestMs = 5_000;

type Waiting = { readonly request: ColourRequest; readonly answer: (ranges: Uint32Array | null) => void };

export const createColours = (startWorker = () => new Worker(workerAddress, { type: 'module' })): Colours => {
  const waiting: Waiting[] = [];
  let worker: Worker | null = null;
  let canStart = true;
  let lastId = 0;
  let deadline: ReturnType<typeof setTimeout> | undefined;

  const answerFirst = (ranges: Uint32Array | null): void => {
    clearTimeout(deadline);
    waiting.shift()?.answer(ranges);
    sendFirst();
  };

  const startAgain = (): void => {
    worker?.terminate();
    worker = null;
    answerFirst(null);
  };

  const close = (): void => {
    canStart = false;
    worker?.terminate();
    worker = null;
    clearTimeout(deadline);
    for (const { answer } of waiting.splice(0)) answer(null);
  };

  const started = (): Worker | null => {
    if (worker !== null || !canStart) return worker;
    try {
      worker = startWorker();
    } catch {
      // Without workers it is plain.
      return null;
    }
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isColourAnswer(data) && data.id === waiting[0]?.request.id) answerFirst(data.ranges);
    });
    // A worker that does not come at all is not asked for once more.
    worker.addEventListener('error', close);
    return worker;
  };

  const sendFirst = (): void => {
    const [first] = waiting;
    if (first === undefined) return;
    const to = started();
    if (to === null) {
      close();
      return;
    }
    deadline = setTimeout(startAgain, longestMs);
    to.postMessage(first.request);
  };

  return {
    ofText: (text, language) =>
      new Promise((answer) => {
        lastId += 1;
        waiting.push({ request: { id: lastId, language, text }, answer });
        if (waiting.length === 1) sendFirst();
      }),
    close,
  };
};
