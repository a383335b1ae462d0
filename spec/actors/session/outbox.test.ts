import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { encodeFact } from '../../../actors/protocol/facts/events.ts';
import type { RunKey, Seq } from '../../../actors/protocol/facts/ids.ts';
import {
  type AppendBatch,
  type AppendResult,
  maxInFlightEvents,
} from '../../../actors/protocol/threads/writer-messages.ts';
import { createOutbox, type RunOutbox } from '../../../actors/session/outbox.ts';
import { message } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';

const test = suite('outbox');

/** An outbox that sends at once, and what has come of it. */
const openOutbox = () => {
  const arrived: AppendBatch[] = [];
  const refused: RunKey[] = [];
  const outbox = createOutbox({ schedule: (flush) => flush() });
  const connect = (): void =>
    outbox.connect({ postMessage: ({ batches }) => void arrived.splice(arrived.length, 0, ...batches) });
  connect();
  return {
    arrived,
    refused,
    connect,
    sample: outbox.sample,
    open: (key: number): RunOutbox =>
      outbox.openRun(key as RunKey, 0 as Seq, () => void refused.splice(0, 0, key as RunKey)),
    answer: (result: AppendResult): void => outbox.receive({ kind: 'acknowledged', results: [result] }),
  };
};

const event = encodeFact(message('words'));

const refusal = (runKey: RunKey): AppendResult => ({
  kind: 'refused',
  runKey,
  lastSeq: 0 as Seq,
  error: new ThroughlineError('append.run_ended', 'the run was ended').toPlain(),
});

const taken = ({ runKey, firstSeq, events }: AppendBatch): AppendResult => ({
  kind: 'appended',
  runKey,
  lastSeq: (firstSeq + events.length - 1) as Seq,
});

test('a run that was refused and is then closed is counted off once, and keeps nothing that comes after', () => {
  const world = openOutbox();
  const [one, two] = [world.open(1), world.open(2)];
  one.append(event);
  two.append(event);
  assert.is(world.sample().inFlight, 2);
  world.answer(refusal(1 as RunKey));
  assert.equal(world.refused, [1]);
  one.append(event);
  assert.is(one.pending(), 0, 'nobody will acknowledge it');
  one.close();
  one.close();
  assert.equal(world.sample(), { inFlight: 1, waiting: 0, acknowledged: 0 });
});

test('[law 12] property: what is with the writer is counted as it is, whatever is refused, closed or sent again', () => {
  const key = fc.nat({ max: 3 });
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ append: key, count: fc.constantFrom(1, 2, 900) }) },
    { weight: 3, arbitrary: fc.constantFrom('taken' as const, 'refused' as const) },
    { weight: 1, arbitrary: fc.record({ close: key }) },
    { weight: 1, arbitrary: fc.constant('another writer' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const world = openOutbox();
      const runs = [0, 1, 2, 3].map(world.open);
      /** Runs that nobody waits for any more: what of theirs is with the writer is of no interest. */
      const left = new Set<number>();
      const withTheWriter = (): number =>
        world.arrived.reduce((sum, { runKey, events }) => sum + (left.has(runKey) ? 0 : events.length), 0);
      for (const one of steps) {
        if (one === 'another writer') {
          world.arrived.length = 0;
          world.connect();
        } else if (one === 'taken' || one === 'refused') {
          const batch = world.arrived.shift();
          if (batch === undefined) continue;
          if (one === 'refused') left.add(batch.runKey);
          world.answer(one === 'taken' ? taken(batch) : refusal(batch.runKey));
        } else if ('close' in one) {
          runs[one.close]?.close();
          left.add(one.close);
        } else for (let count = 0; count < one.count; count += 1) runs[one.append]?.append(event);
        const { inFlight } = world.sample();
        assert.is(inFlight, withTheWriter());
        assert.ok(inFlight <= maxInFlightEvents, `${inFlight} are with the writer`);
      }
    }),
  );
});

test.run();
