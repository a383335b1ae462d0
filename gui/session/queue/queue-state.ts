/**
 * The prompts of one session that wait. What a person does to them is shown at once and told to the runtime in the order
 * in which it was done; what the runtime says meanwhile is older than that, and is asked again when all was told.
 */
import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { QueuedPrompt, QueueHold } from '../../../actors/protocol/gateway/queue-routes.ts';
import { createSteadyRefresh, type SteadyRefreshOptions } from '../state/steady-refresh.ts';
import { movedTo, partsToGive, without, withText } from './changed-queue.ts';
import type { QueueCalls } from './queue-calls.ts';

export type QueueState = {
  readonly prompts: ReadonlySignal<readonly QueuedPrompt[]>;
  readonly holds: ReadonlySignal<QueueHold | null>;
  /** The one that is being sent by hand. */
  readonly sending: ReadonlySignal<string | null>;
  /** It may have changed. */
  readonly refresh: () => void;
  /** Each gives whether it was done; why not is told to `onError`. */
  readonly change: (queueId: string, text: string) => Promise<boolean>;
  /** `place` from 1. */
  readonly move: (queueId: string, place: number) => Promise<boolean>;
  readonly withdraw: (queueId: string) => Promise<boolean>;
  /** Queues again what was withdrawn, at its place from 1. */
  readonly putBack: (withdrawn: QueuedPrompt, place: number) => Promise<boolean>;
  readonly send: (queueId: string) => Promise<boolean>;
  readonly close: () => void;
};

export type QueueStateOptions = {
  readonly call: QueueCalls;
  readonly id: string;
  readonly onError: (error: unknown) => void;
  readonly setTimer?: NonNullable<SteadyRefreshOptions<unknown>['setTimer']>;
};

type Loaded = { readonly before: number; readonly answer: RouteAnswer<'queue'> };

const restMs = 150;

export const createQueueState = ({ call, id, onError, ...timing }: QueueStateOptions): QueueState => {
  const prompts = signal<readonly QueuedPrompt[]>([]);
  const holds = signal<QueueHold | null>(null);
  const sending = signal<string | null>(null);
  let told = 0;
  let underWay = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const steady = createSteadyRefresh<Loaded>({
    load: async (aborted) => {
      const before = told;
      const answer = await call('queue', { parameters: { id } }, { signal: aborted });
      return { before, answer };
    },
    onLoaded: ({ before, answer }) => {
      if (before !== told || underWay > 0) return;
      batch(() => {
        prompts.value = answer.prompts;
        holds.value = answer.holds;
      });
    },
    // What is shown stays; the window says by itself that the runtime is gone, and asks again when it is back.
    onFailed: () => {},
    restMs,
    ...timing,
  });

  const tell = (shown: readonly QueuedPrompt[], ask: () => Promise<unknown>): Promise<boolean> => {
    prompts.value = shown;
    told += 1;
    underWay += 1;
    const done = turn.then(async () => {
      try {
        await ask();
        return true;
      } catch (error) {
        onError(error);
        return false;
      } finally {
        underWay -= 1;
        if (underWay === 0) steady.ask();
      }
    });
    turn = done;
    return done;
  };

  const one = (queueId: string) => ({ parameters: { id, queueId } });

  return Object.freeze({
    prompts,
    holds,
    sending,
    refresh: steady.ask,
    change: (queueId, text) =>
      tell(withText(prompts.peek(), queueId, text), () =>
        call('changeQueued', { ...one(queueId), body: { prompt: text } }),
      ),
    move: (queueId, place) =>
      tell(movedTo(prompts.peek(), queueId, place), () => call('changeQueued', { ...one(queueId), body: { place } })),
    withdraw: (queueId) => tell(without(prompts.peek(), queueId), () => call('withdrawQueued', one(queueId))),
    putBack: ({ text, parts, evenAfterFailure, at }, place) =>
      tell(prompts.peek(), () =>
        call('queuePrompt', {
          parameters: { id },
          body: {
            prompt: text,
            parts: [...partsToGive(parts)],
            evenAfterFailure,
            place,
            ...(at === null ? {} : { at }),
          },
        }),
      ),
    send: async (queueId) => {
      sending.value = queueId;
      const isSent = await tell(prompts.peek(), () => call('sendQueued', { ...one(queueId), body: {} }));
      sending.value = null;
      return isSent;
    },
    close: steady.close,
  } satisfies QueueState);
};
