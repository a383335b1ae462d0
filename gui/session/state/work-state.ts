/** What became of one session's work, kept as new as its row. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { SessionWork } from '../../../actors/protocol/gateway/work.ts';
import type { Call } from '../../connection/api.ts';

export type WorkState = {
  /** Null before it is known. */
  readonly work: ReadonlySignal<SessionWork | null>;
  readonly failure: ReadonlySignal<unknown>;
  /** It may have changed. */
  readonly refresh: () => void;
  readonly close: () => void;
};

/** One at a time, and once more when it was asked for meanwhile: a ledger is read whole each time. */
export const createWorkState = (call: Call, id: string): WorkState => {
  const work = signal<SessionWork | null>(null);
  const failure = signal<unknown>(null);
  const closing = new AbortController();
  let isBusy = false;
  let isWanted = false;
  const refresh = (): void => {
    isWanted = true;
    if (isBusy || closing.signal.aborted) return;
    isBusy = true;
    isWanted = false;
    call('work', { parameters: { id } }, { signal: closing.signal })
      .then((found) => {
        work.value = found;
        failure.value = null;
      })
      .catch((error: unknown) => {
        if (!closing.signal.aborted) failure.value = error;
      })
      .finally(() => {
        isBusy = false;
        if (isWanted) refresh();
      });
  };
  return Object.freeze({ work, failure, refresh, close: () => closing.abort() } satisfies WorkState);
};
