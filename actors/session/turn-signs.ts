/** Looks at a turn while it is spoken, for what shows that its agent tries again, or that it failed. */
import type { AgentIdentity, AlsoSaid, KnownAgent } from '../agents/known/known-agent.ts';
import { knownAgent } from '../agents/known/known-agents.ts';
import { isOnlyRetry, type Retry, retryIn } from '../agents/signs/retry.ts';
import { type EndOfTurn, type HeardInTurn, hearInTurn, nothingHeard } from '../agents/signs/turn-evidence.ts';
import { turnFailure } from '../agents/signs/turn-failure.ts';
import type { Failure } from '../model/run/decide.ts';
import { turnFailed } from './failures.ts';

/** What a turn showed of its limit, and whether it came to any work. */
export type SaidOfLimits = {
  readonly worked: boolean;
  /** When the limit is lifted that was reached in it, in milliseconds UTC, and what the agent calls that. */
  readonly resetsAt: number | null;
  readonly name: string | null;
};

export const createTurnSigns = () => {
  let reached: Pick<SaidOfLimits, 'resetsAt' | 'name'> = { resetsAt: null, name: null };
  let worked = false;
  let agent: KnownAgent | null = null;
  let heard: HeardInTurn | null = null;
  return {
    recognise: (identity: AgentIdentity): void => {
      agent = knownAgent(identity);
    },
    turnBegins: (): void => {
      heard = nothingHeard;
      reached = { resetsAt: null, name: null };
      worked = false;
    },
    /** An update before it is written down: the retry it tells of, and whether that is all it says. */
    update: (update: { readonly sessionUpdate: string }): { readonly retry: Retry; readonly isAll: boolean } | null => {
      if (heard === null) return null;
      const retry = retryIn(update, agent?.retryIn);
      if (retry !== null) return { retry, isAll: isOnlyRetry(update) };
      heard = hearInTurn(heard, update);
      worked ||= heard.toolUpdates > 0;
      return null;
    },
    /** What the agent told in a way of its own: of limits, the one that was reached. */
    alsoSaid: (facts: readonly AlsoSaid[]): void => {
      for (const { type, payload } of facts) {
        if (type !== 'limit' || payload.status !== 'rejected') continue;
        reached = { resetsAt: payload.resetsAt ?? null, name: payload.name ?? null };
      }
    },
    saidOfLimits: (): SaidOfLimits => ({ ...reached, worked }),
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
