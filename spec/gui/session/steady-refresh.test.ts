import * as assert from 'uvu/assert';
import { createSteadyRefresh } from '../../../gui/session/state/steady-refresh.ts';
import { suite } from '../../support/suite.ts';

const test = suite('something that is loaded anew');

const world = () => {
  const loads: { readonly signal: AbortSignal; readonly end: (value: number) => void; readonly fail: () => void }[] =
    [];
  const rests: (() => void)[] = [];
  const shown: (number | 'failed')[] = [];
  const refresh = createSteadyRefresh<number>({
    load: (signal) => new Promise((end, fail) => loads.push({ signal, end, fail: () => fail(new Error('no')) })),
    onLoaded: (value) => shown.push(value),
    onFailed: () => shown.push('failed'),
    restMs: 1,
    setTimer: (run) => {
      rests.push(run);
      return () => rests.splice(0);
    },
  });
  return { ...refresh, loads, rests, shown };
};

const turns = () => new Promise((resolve) => setImmediate(resolve));

test('however often it may be old, one is under way, and its result is shown', async () => {
  const { ask, loads, rests, shown } = world();
  for (let time = 0; time < 345; time += 1) ask();
  assert.is(loads.length, 1);
  assert.not.ok(loads[0]?.signal.aborted, 'what is under way is not given up');
  loads[0]?.end(1);
  await turns();
  assert.equal(shown, [1]);
  for (let time = 0; time < 345; time += 1) ask();
  assert.is(loads.length, 1, 'it rests');
  rests[0]?.();
  assert.is(loads.length, 2, 'and is asked once for all that came meanwhile');
  loads[1]?.end(2);
  await turns();
  rests[1]?.();
  assert.is(loads.length, 2, 'nothing came after the last');
  assert.equal(shown, [1, 2]);
});

test('after a failure it is asked again when it may have changed; closed, it says and asks nothing', async () => {
  const { ask, close, loads, rests, shown } = world();
  ask();
  loads[0]?.fail();
  await turns();
  assert.equal(shown, ['failed']);
  rests[0]?.();
  ask();
  assert.is(loads.length, 2);
  close();
  assert.ok(loads[1]?.signal.aborted);
  loads[1]?.end(3);
  await turns();
  ask();
  assert.is(loads.length, 2);
  assert.is(rests.length, 0);
  assert.equal(shown, ['failed']);
});

test.run();
