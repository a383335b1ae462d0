import { is } from 'uvu/assert';
import { pointInTime } from '../../../../runtime/cli/choose/point-in-time.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('a moment that a person means');
const now = new Date(2026, 10, 30, 23, 30).getTime();

test('a time ago, an hour of today, a date', () => {
  is(pointInTime('90s', now), now - 90_000);
  is(pointInTime('3d', now), now - 3 * 86_400_000);
  is(pointInTime('14:05', now), new Date(2026, 10, 30, 14, 5).getTime());
  is(pointInTime('2026-11-29', now), new Date(2026, 10, 29).getTime());
  is(pointInTime('2026-11-29 08:00', now), new Date(2026, 10, 29, 8).getTime());
  is(pointInTime('2026-11-29T08:00Z', now), Date.UTC(2026, 10, 29, 8));
});

test('anything else is no moment', () => {
  for (const text of ['', 'yesterday', '25:00', '10', '10 m', '2026-13-01', '-5m']) is(pointInTime(text, now), null);
});

test.run();
