/**
 * When a turn is over. In version 2 the answer to a prompt only says that it was taken; what the agent is at, it tells in
 * states that are told again at will: the turn is over with the first idle one after it was at work.
 */
import * as z from 'zod';
import { createDeferred, type Deferred } from '../../../protocol/facts/deferred.ts';
import { AgentAnsweredError } from '../wire/json-rpc.ts';

const state = z.looseObject({
  state: z.string(),
  stopReason: z.string().nullish().catch(null),
  error: z
    .looseObject({ code: z.number().catch(0), message: z.string().catch('') })
    .nullish()
    .catch(null),
});

type TurnEnd = { readonly stopReason: string };
type Turn = { readonly end: Deferred<TurnEnd>; hasBegun: boolean; isTaken: boolean };

export const createTurns = () => {
  let turn: Turn | null = null;

  return {
    /** A prompt is on its way; `taken` resolves when the agent has it. Resolves when the turn is over. */
    begin: async (taken: Promise<unknown>): Promise<TurnEnd> => {
      const mine: Turn = { end: createDeferred<TurnEnd>(), hasBegun: false, isTaken: false };
      turn = mine;
      mine.end.promise.catch(() => {});
      taken.then(
        () => {
          mine.isTaken = true;
        },
        (thrown) => mine.end.reject(thrown),
      );
      try {
        return await mine.end.promise;
      } finally {
        if (turn === mine) turn = null;
      }
    },

    /** A `state_update`. */
    update: (update: unknown): void => {
      const parsed = state.safeParse(update);
      if (!parsed.success || turn === null) return;
      const { state: name, stopReason, error } = parsed.data;
      if (name !== 'idle') {
        turn.hasBegun = true;
        return;
      }
      // An idle state that is only repeated ends nothing: the turn has to have begun, or to be said to have ended.
      if (!turn.hasBegun && !(turn.isTaken && typeof stopReason === 'string')) return;
      if (stopReason === 'error') {
        turn.end.reject(new AgentAnsweredError('session/prompt', error ?? { code: 0, message: 'the turn failed' }));
      } else turn.end.resolve({ stopReason: stopReason ?? 'end_turn' });
    },

    /** The agent is gone. */
    close: (error: Error): void => turn?.end.reject(error),
  };
};
