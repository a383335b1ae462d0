/** Looks at a turn while it is spoken, for what shows that its agent tries again, or that it failed. */
import type { AgentIdentity, KnownAgent } from '../agents/known/known-agent.ts';
import { knownAgent } from '../agents/known/known-agents.ts';
import { isOnlyRetry, type Retry, retryIn } from '../agents/signs/retry.ts';
import { type EndOfTurn, type HeardInTurn, hearInTurn, nothingHeard } from '../agents/signs/turn-evidence.ts';
import { turnFailure } from '../agents/signs/turn-failure.ts';
import type { Failure } from '../model/run/decide.ts';
import { turnFailed } from './failures.ts';

export const createTurnSigns = () => {
  let agent: KnownAgent | null = null;
  let heard: HeardInTurn | null = null;
  return {
    recognise: (identity: AgentIdentity): void => {
      agent = knownAgent(identity);
    },
    turnBegins: (): void => {
      heard = nothingHeard;
    },
    /** An update before it is written down: the retry it tells of, and whether that is all it says. */
    update: (update: { readonly sessionUpdate: string }): { readonly retry: Retry; readonly isAll: boolean } | null => {
      if (heard === null) return null;
      const retry = retryIn(update, agent?.retryIn);
      if (retry !== null) return { retry, isAll: isOnlyRetry(update) };
      heard = hearInTurn(heard, update);
      return null;
    },
    /** The turn has ended with this answer: its failure, whatever the answer calls it; null where it is none. */
    turnEnds: (answer: EndOfTurn): Failure | null => {
      const evidence = { ...(heard ?? nothingHeard), answer };
      heard = null;
      const failure = turnFailure(evidence, agent?.failureIn);
      return failure === null ? null : turnFailed(failure, answer);
    },
  };
};

export type TurnSigns = ReturnType<typeof createTurnSigns>;
