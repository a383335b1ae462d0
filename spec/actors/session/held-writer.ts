/** A stand-in for the writer behind a real outbox: it stores in memory, and acknowledges when it is let. */
import * as assert from 'uvu/assert';
import { decodeFact, type EncodedFact, type RunFact } from '../../../actors/protocol/facts/events.ts';
import type { RunKey, Seq } from '../../../actors/protocol/facts/ids.ts';
import { isTerminal } from '../../../actors/protocol/facts/status.ts';
import type { AppendBatch } from '../../../actors/protocol/threads/writer-messages.ts';
import { createOutbox } from '../../../actors/session/outbox.ts';

export const createHeldWriter = (onDurable: (fact: RunFact) => void = () => {}) => {
  const outbox = createOutbox({ schedule: queueMicrotask });
  const events = new Map<RunKey, EncodedFact[]>();
  const arrived: AppendBatch[] = [];
  let waiting: AppendBatch[] = [];
  let isHeld = false;
  let life = 0;

  const decoded = (event: EncodedFact): RunFact => {
    const fact = decodeFact(event.type, event.payload, event.occurredAt);
    assert.ok(fact, `${event.type} is as its schema says: ${event.payload.slice(0, 300)}`);
    return fact as RunFact;
  };

  const store = (batch: AppendBatch): Seq => {
    const stored = events.get(batch.runKey) ?? [];
    events.set(batch.runKey, stored);
    assert.ok(batch.firstSeq <= stored.length + 1, 'no gap in a run');
    for (const event of batch.events.slice(stored.length + 1 - batch.firstSeq)) {
      const fact = decoded(event);
      if (fact.type === 'status' && isTerminal(fact.payload.status)) {
        assert.not.ok(
          stored.map(decoded).some((other) => other.type === 'status' && isTerminal(other.payload.status)),
          'a run has one terminal status',
        );
      }
      stored.push(event);
      onDurable(fact);
    }
    return stored.length as Seq;
  };

  const acknowledge = (batches: readonly AppendBatch[]): void => {
    const results = batches.map((batch) => ({
      kind: 'appended' as const,
      runKey: batch.runKey,
      lastSeq: store(batch),
    }));
    outbox.receive({ kind: 'acknowledged', results });
  };

  const connect = (): void => {
    life += 1;
    const mine = life;
    outbox.connect({
      postMessage: ({ batches }) => {
        arrived.push(...batches);
        if (isHeld) waiting.push(...batches);
        else queueMicrotask(() => mine === life && acknowledge(batches));
      },
    });
  };
  connect();

  return {
    outbox,
    /** Every batch that came, acknowledged or not. */
    arrived,
    /** The durable facts of a run. */
    facts: (runKey: RunKey): readonly RunFact[] => (events.get(runKey) ?? []).map(decoded),
    /** What a run begins with: the writer has it before the actor takes over. */
    begin: (runKey: RunKey, facts: readonly EncodedFact[]): void => {
      events.set(runKey, [...facts]);
    },
    /** From now on nothing becomes durable. */
    hold: (): void => {
      isHeld = true;
    },
    /** Everything that waits becomes durable, and what comes from now on as well. */
    release: (): void => {
      isHeld = false;
      const batches = waiting;
      waiting = [];
      if (batches.length > 0) acknowledge(batches);
    },
    /** The first events that wait become durable, and no more. */
    releaseOnly: (count: number): void => {
      const [first, ...rest] = waiting;
      if (first === undefined) return;
      const left = first.events.slice(count);
      waiting = [
        ...(left.length === 0 ? [] : [{ ...first, firstSeq: (first.firstSeq + count) as Seq, events: left }]),
        ...rest,
      ];
      acknowledge([{ ...first, events: first.events.slice(0, count) }]);
    },
    /** The writer dies with what it has not acknowledged, and another takes its place. */
    restart: (): void => {
      waiting = [];
      connect();
    },
  };
};
