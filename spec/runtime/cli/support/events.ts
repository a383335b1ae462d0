import type { EventType, HistoryEvent, Payload } from '../../../../actors/protocol/facts/events.ts';
import type { RunId } from '../../../../actors/protocol/facts/ids.ts';

/** Makes a session's events in order: each gets the next position, and the next seq of its run. */
export const eventMaker = () => {
  let position = 0;
  let at = 1_790_000_000_000;
  const seqByRun = new Map<number, number>();
  return <Type extends EventType>(run: number, type: Type, payload: Payload<Type>): HistoryEvent => {
    position += 1;
    at += 1000;
    const seq = (seqByRun.get(run) ?? 0) + 1;
    seqByRun.set(run, seq);
    return { position, runId: `run-${run}` as RunId, run, seq, type, payload, occurredAt: at, recordedAt: at };
  };
};
