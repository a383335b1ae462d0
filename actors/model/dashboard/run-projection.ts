import type { EventPlace, Fact } from '../../protocol/facts/events.ts';
import { beforeFirstSeq, type Seq } from '../../protocol/facts/ids.ts';
import { isTerminal, type TerminalStatus } from '../../protocol/facts/status.ts';

/** A run's row, as a pure fold of its events. */
export type RunState = {
  readonly lastSeq: Seq;
  readonly outcome: TerminalStatus | null;
  readonly agentPid: number | null;
  readonly agentStartedAt: string | null;
};

export const unbornRun: RunState = { lastSeq: beforeFirstSeq, outcome: null, agentPid: null, agentStartedAt: null };

/** The types whose payload this fold looks into. */
export const runLooksInto = (type: string): boolean => type === 'status' || type === 'note';

/** The state after one event; `fact` may be null for a type the fold does not look into. */
export const applyToRun = (state: RunState, place: EventPlace, fact: Fact | null): RunState => {
  const next = { ...state, lastSeq: place.seq };
  if (fact?.type === 'status' && isTerminal(fact.payload.status)) return { ...next, outcome: fact.payload.status };
  if (fact?.type === 'note' && fact.payload.note === 'agent_started') {
    const { pid, startedAt } = fact.payload;
    if (typeof pid === 'number' && typeof startedAt === 'string') {
      return { ...next, agentPid: pid, agentStartedAt: startedAt };
    }
  }
  return next;
};
