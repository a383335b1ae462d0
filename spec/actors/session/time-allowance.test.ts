import fc from 'fast-check';
import { equal, ok } from 'uvu/assert';
import { createTimeAllowance } from '../../../actors/session/time-allowance.ts';
import { suite } from '../../support/suite.ts';

const test = suite('time allowance');

test('what is saved may be spent at once; then there is a rest until a millisecond is there again', () => {
  let time = 0;
  const allowance = createTimeAllowance({ share: 0.25, burstMs: 100, now: () => time });
  equal(allowance.restMs(), 0);
  allowance.spend(120);
  equal(allowance.restMs(), 84);
  time = 80;
  equal(allowance.restMs(), 4);
  time = 84;
  equal(allowance.restMs(), 0);
  time = 100_000;
  allowance.spend(99);
  equal(allowance.restMs(), 0, 'no more is saved than the burst');
  allowance.spend(1);
  ok(allowance.restMs() > 0);
});

test('property: who rests as told takes no more than the burst, its share and its last piece of work', () => {
  const step = fc.record({ idleMs: fc.nat({ max: 50 }), workMs: fc.integer({ min: 1, max: 40 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 100 }), (steps) => {
      let time = 0;
      let taken = 0;
      const allowance = createTimeAllowance({ share: 0.25, burstMs: 100, now: () => time });
      for (const { idleMs, workMs } of steps) {
        time += idleMs + allowance.restMs();
        equal(allowance.restMs(), 0, 'a rest is as long as was said');
        time += workMs;
        taken += workMs;
        allowance.spend(workMs);
        ok(taken <= 100 + 0.25 * time + workMs + 1e-6);
      }
    }),
  );
});

test.run();
