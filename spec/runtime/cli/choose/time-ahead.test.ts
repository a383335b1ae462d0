import { equal, is } from 'uvu/assert';
import { timeAhead } from '../../../../runtime/cli/choose/time-ahead.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('a time ahead');

const now = new Date(2026, 10, 30, 15, 0).getTime();

test('a time ahead is a while from now, an hour that comes next, or a date', () => {
  equal(timeAhead('90s', now), now + 90_000);
  equal(timeAhead('2h', now), now + 7_200_000);
  is(timeAhead('17:42', now), new Date(2026, 10, 30, 17, 42).getTime());
  is(timeAhead('9:05', now), new Date(2026, 11, 1, 9, 5).getTime(), 'tomorrow’s');
  is(timeAhead('2026-12-05T01:29', now), new Date(2026, 11, 5, 1, 29).getTime());
  for (const no of ['', 'soon', '25:00', '2026-13-01', '-1h']) is(timeAhead(no, now), null, no);
});

test.run();
