import { createDeferred } from '../../actors/protocol/facts/deferred.ts';

/** How long an agent may take over the closing of its conversation, before its process is ended all the same. */
const farewellMs = 2_000;

/** The word to an agent that its conversation is closed, so that it leaves that in order. Nobody has to wait for it. */
export const createFarewell = (close: () => Promise<void>) => {
  const { promise: hurried, resolve: hurry } = createDeferred();
  return {
    /** Somebody waits for the end of the agent: its answer is not waited for, now or later. */
    hurry,
    /** Resolves when the agent has answered, or nobody waits for that any more. Never raises. */
    say: async (): Promise<void> => {
      const deadline = setTimeout(hurry, farewellMs);
      await Promise.race([close().catch(() => {}), hurried]);
      clearTimeout(deadline);
    },
  };
};
