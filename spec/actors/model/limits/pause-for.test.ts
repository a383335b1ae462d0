import * as fc from 'fast-check';
import { equal, is, ok } from 'uvu/assert';
import { pauseFor, type Refusal } from '../../../../actors/model/limits/pause-for.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('the pause that follows from a refusal');

const now = Date.UTC(2026, 10, 30, 14, 0);
const day = 86_400_000;
const settings = { waitsForLimits: true, retries: 3 };
const limit: Refusal = {
  kind: 'limit',
  message: 'Too many requests',
  resetsAt: null,
  name: null,
  zone: null,
  before: 0,
  dropsPrompt: false,
  now,
  chance: 0,
};

test('a limit waits for the time that was told, else it is tried later and later', () => {
  const told = pauseFor({ ...limit, resetsAt: now + 3_600_000 }, settings);
  equal([told?.until, told?.known], [now + 3_600_000 + 5_000, true]);
  const waits = [0, 1, 2, 3, 4, 9].map((before) => (pauseFor({ ...limit, before }, settings)?.until ?? 0) - now);
  equal(
    waits,
    [5, 10, 20, 40, 60, 60].map((minutes) => minutes * 60_000),
  );
  is(pauseFor({ ...limit, before: 200 }, settings), null);
  is(pauseFor(limit, { ...settings, waitsForLimits: false }), null);
});

test('[law 11] a time that no limit has is not believed, wherever an agent tells it: all of its account would wait', () => {
  const times = fc.oneof(
    fc.double({ noNaN: false }),
    fc.integer({ min: now + 41 * day, max: Number.MAX_SAFE_INTEGER }),
    fc.integer({ max: now }),
  );
  fc.assert(
    fc.property(times, (resetsAt) => {
      const until = pauseFor({ ...limit, resetsAt }, settings)?.until ?? Number.NaN;
      ok(until > now && until <= now + 41 * day, `${resetsAt}: ${until}`);
    }),
  );
});

test('services and connections are tried again so many times and no more, other failures not at all', () => {
  for (const kind of ['service', 'connection'] as const) {
    const waits = [0, 1, 2].map((before) => (pauseFor({ ...limit, kind, before }, settings)?.until ?? 0) - now);
    equal(waits, [5_000, 10_000, 20_000]);
    is(pauseFor({ ...limit, kind, before: 3 }, settings), null);
  }
  for (const kind of ['authentication', 'context', 'request', null] as const) {
    is(pauseFor({ ...limit, kind }, settings), null);
  }
});

test('who forgets the prompt that was refused is told it again', () => {
  is(pauseFor(limit, settings)?.again, 'continue');
  is(pauseFor({ ...limit, dropsPrompt: true }, settings)?.again, 'prompt');
});

test.run();
