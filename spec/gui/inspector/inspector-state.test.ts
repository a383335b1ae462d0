import * as assert from 'uvu/assert';
import type { RunId } from '../../../actors/protocol/facts/ids.ts';
import type { Step } from '../../../actors/protocol/gateway/inspection.ts';
import { fileSource, type OpenedFile } from '../../../gui/inspector/state/file-source.ts';
import { createInspectorState } from '../../../gui/inspector/state/inspector-state.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';

const test = suite('where the inspector stands');

const events = 250;
const changesAt = 120;

/** A run of one change of state, long enough for several pages. */
const longFile = (): OpenedFile => {
  const steps = Array.from({ length: events }, (_, index): Step => {
    const seq = index + 1;
    const [from, to] = [
      seq <= changesAt ? 'run.queued' : 'run.starting',
      seq < changesAt ? 'run.queued' : 'run.starting',
    ];
    return {
      event: {
        position: seq,
        runId: 'r' as RunId,
        run: 1,
        seq,
        type: 'status',
        payload: {},
        occurredAt: seq,
        recordedAt: seq,
      },
      omittedPayload: null,
      heard: true,
      from: [from],
      to: [to],
      considered: [],
      taken: [],
      actions: [],
      changes: [],
    };
  });
  return {
    name: 'long',
    run: { name: 'long', machine: 'run', before: { active: ['run.queued'], context: {} }, steps },
  };
};

test('a step is shown before the overview has come, and who goes by change of state then arrives when it has', async () => {
  const whole = fileSource(longFile());
  let give: () => void = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  const state = createInspectorState(
    {
      ...whole,
      overview: async (run, after) => {
        await given;
        return whole.overview(run, after);
      },
    },
    null,
  );
  await until('the last step is shown', () => state.shown.value?.step.event.seq === events);
  assert.equal(state.place.value, { run: 1, seq: events });
  assert.is(state.track.value?.track.upTo(), 0, 'nothing of the overview is there yet');
  state.toChange(-1);
  assert.equal(state.place.value, { run: 1, seq: events }, 'it is not known yet where that is');
  give();
  await until('it has arrived', () => state.place.value?.seq === changesAt);
  await until('and its step is shown', () => state.shown.value?.step.event.seq === changesAt);
  state.close();
});

test.run();
