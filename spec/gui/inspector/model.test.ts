import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { toRunId } from '../../../actors/protocol/facts/ids.ts';
import type { RunOverview } from '../../../actors/protocol/gateway/inspection.ts';
import { createRunTrack, type RunTrack } from '../../../gui/inspector/model/run-track.ts';
import { stepSentence } from '../../../gui/inspector/model/step-words.ts';
import { createTrackScale } from '../../../gui/inspector/model/track-scale.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what the inspector knows of a run');

const overview = (more: Partial<RunOverview>): RunOverview => ({
  run: 1,
  runId: 'one',
  lastSeq: 10,
  upTo: 10,
  stays: [],
  marks: [],
  ...more,
});

/** queued from 0, working from 2, asking from 5, working again from 8, the end at 10. */
const example = (): RunTrack => {
  const track = createRunTrack(1, { states: ['run.queued'], at: 1_000 });
  track.take(
    overview({
      stays: [
        { seq: 2, at: 1_500, states: ['run.running.working'], by: ['a'] },
        { seq: 5, at: 2_000, states: ['run.running.awaitingApproval'], by: ['b'] },
        { seq: 8, at: 9_000, states: ['run.running.working'], by: ['c'] },
        { seq: 10, at: 9_250, states: ['run.completed'], by: ['d'] },
      ],
      marks: [
        { seq: 5, at: 2_000, kind: 'approval' },
        { seq: 10, at: 9_250, kind: 'end' },
      ],
    }),
  );
  return track;
};

test('the time in each state is that of all stays in it, up to the event that is looked at', () => {
  const times = (seq: number, at: number): Record<string, number> =>
    Object.fromEntries(
      example()
        .timesAt(seq, at)
        .map(({ state, ms }) => [state, ms]),
    );
  assert.equal(times(1, 1_200), { 'run.queued': 200 });
  assert.equal(times(3, 1_800), { 'run.queued': 500, 'run.running.working': 300 });
  assert.equal(times(9, 9_100), {
    'run.queued': 500,
    'run.running.working': 600,
    'run.running.awaitingApproval': 7_000,
  });
  assert.is(times(10, 9_250)['run.completed'], 0);
});

test('a clock that was set back takes no time away', () => {
  const track = createRunTrack(1, { states: ['a'], at: 5_000 });
  track.take(overview({ stays: [{ seq: 2, at: 1_000, states: ['b'], by: [] }] }));
  assert.equal(
    track.timesAt(2, 900).map(({ ms }) => ms),
    [0, 0],
  );
});

test('changes of state and marks are found before and after any event', () => {
  const track = example();
  assert.is(track.nextChange(1), 2);
  assert.is(track.nextChange(5), 8);
  assert.is(track.nextChange(10), null);
  assert.is(track.previousChange(5), 2);
  assert.is(track.previousChange(2), null);
  assert.is(track.nextMark(1)?.seq, 5);
  assert.is(track.nextMark(5)?.kind, 'end');
  assert.is(track.previousMark(5), null);
  assert.is(track.previousMark(9)?.seq, 5);
  assert.equal(track.stayAt(7)?.states, ['run.running.awaitingApproval']);
});

test('what is not known of a long run yet is not made up from what is', () => {
  const track = createRunTrack(1, { states: ['run.queued'], at: 1_000 });
  track.heardOf(100);
  assert.is(track.lastSeq(), 100);
  track.take(
    overview({ upTo: 40, lastSeq: 100, stays: [{ seq: 2, at: 1_500, states: ['run.running.working'], by: [] }] }),
  );
  assert.equal(track.stayAt(40)?.states, ['run.running.working']);
  assert.is(track.stayAt(41), null);
});

test('how often a transition was taken counts what was before and nothing after', () => {
  const counts = example().countsAt(5);
  assert.equal([...counts].filter(([, count]) => count > 0).flat(), ['a', 1, 'b', 1]);
});

test('an overview that is told in pieces, or again, is the same as one that is told at once', () => {
  const stay = (seq: number) => ({ seq, at: seq * 10, states: [`s${seq % 3}`], by: [`t${seq % 2}`] });
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 30 }), fc.nat(60), (seqs, cut) => {
      const stays = seqs.sort((left, right) => left - right).map(stay);
      const whole = createRunTrack(1, { states: ['s0'], at: 0 });
      whole.take(overview({ stays, upTo: 60, lastSeq: 60 }));
      const pieces = createRunTrack(1, { states: ['s0'], at: 0 });
      const first = overview({ stays: stays.filter(({ seq }) => seq <= cut), upTo: cut, lastSeq: 60 });
      pieces.take(first);
      pieces.take(first);
      pieces.take(overview({ stays: stays.filter(({ seq }) => seq > cut), upTo: 60, lastSeq: 60 }));
      assert.equal(pieces.stays, whole.stays);
      assert.equal(pieces.timesAt(60, 700), whole.timesAt(60, 700));
      assert.equal([...pieces.countsAt(45)], [...whole.countsAt(45)]);
    }),
  );
});

test('on both scales the event under a handle is the event the handle stands for', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('events' as const, 'time' as const),
      fc.integer({ min: 1, max: 100_000 }),
      fc.array(fc.record({ seq: fc.integer({ min: 2, max: 100_000 }), at: fc.integer({ min: 1, max: 9_999 }) })),
      (axis, last, moments) => {
        // Each later event is later: what stands at one moment cannot be told apart by its place.
        const known = [{ seq: 0, at: 0 }, ...moments.filter(({ seq }) => seq < last)]
          .sort((left, right) => left.seq - right.seq)
          .map(({ seq }) => ({ seq, at: seq * 3 }));
        const scale = createTrackScale(axis, known, { seq: last, at: last * 3 });
        for (const seq of [1, Math.ceil(last / 3), last]) {
          const fraction = scale.fractionOf(seq);
          assert.ok(fraction >= 0 && fraction <= 1);
          assert.is(scale.seqAt(fraction), last === 1 ? 1 : seq);
        }
        assert.is(scale.seqAt(-1), 1);
        assert.is(scale.seqAt(2), last);
      },
    ),
  );
});

test('by time, a long wait takes the room that it took', () => {
  const { stays } = example();
  const scale = createTrackScale('time', stays, { seq: 10, at: 9_250 });
  assert.ok(scale.fractionOf(8) - scale.fractionOf(5) > 0.8);
});

test('a step is said as where it led, or that it stays, and why', () => {
  const runId = toRunId('00000000-0000-7000-8000-000000000001');
  const step = {
    event: { position: 1, runId, run: 1, seq: 1, type: 'status', payload: {}, occurredAt: 1, recordedAt: 1 },
    omittedPayload: null,
    heard: true,
    from: ['run.running.awaitingApproval'],
    to: ['run.running.working'],
    considered: [],
    taken: ['t'],
    actions: [],
    changes: [],
  };
  assert.is(stepSentence(step), 'awaitingApproval to working by status');
  assert.match(stepSentence({ ...step, from: step.to, heard: false }), /working: status passes the machine by/u);
  assert.match(stepSentence({ ...step, from: step.to, taken: [] }), /stays working: no transition takes status/u);
});

test.run();
