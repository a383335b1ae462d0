import * as assert from 'uvu/assert';
import { resetTimeIn } from '../../../../actors/model/limits/reset-time.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('reset time');

const now = Date.UTC(2026, 10, 30, 10, 14, 30);
const at = (...time: Parameters<typeof Date.UTC>): number => Date.UTC(...time);

test('the times that agents word are read', () => {
  const told: readonly (readonly [string, string | null, number | null])[] = [
    // codex: local, without a zone.
    ['You’ve hit your usage limit. Upgrade to Plus or try again at 12:44 PM.', 'UTC', at(2026, 10, 30, 12, 44)],
    ['… try again at 12:44 PM.', 'Asia/Tokyo', at(2026, 11, 1, 3, 44)],
    ['… try again at Dec 5th, 2026 1:29 AM.', 'UTC', at(2026, 11, 5, 1, 29)],
    ['… try again at Dec 5th, 2026 1:29 AM.', 'America/New_York', at(2026, 11, 5, 6, 29)],
    // claude: with its zone, whatever that of the machine is.
    ["You've hit your 5-hour limit · resets 12:45pm (UTC)", 'Asia/Tokyo', at(2026, 10, 30, 12, 45)],
    ["You've hit your session limit · resets 3am (Europe/Berlin)", null, at(2026, 11, 1, 2)],
    ["You've hit your weekly limit · resets Dec 5, 1:32am (UTC)", null, at(2026, 11, 5, 1, 32)],
    ["You've hit your weekly limit · resets Jan 3, 12am (UTC)", null, at(2027, 0, 3)],
    // gemini: spans.
    ['Individual quota reached. Please upgrade. Resets in 2h30m0s.', null, now + 9_000_000],
    ['Please retry in 3600.5s.\nSuggested retry after 3600s.', null, now + 3_600_500],
    // Providers.
    ['Rate limit reached for requests. Please try again in 20s.', null, now + 20_000],
    ['Too many requests: try again in 2 hours and 5 minutes', null, now + 7_500_000],
    ['429 usage limit reached, try again after 2026-12-01T05:00:00Z', null, at(2026, 11, 1, 5)],
    // No time, or none to believe.
    ['You have exhausted your daily quota on this model.', null, null],
    ['Credit balance is too low', null, null],
    ['Error 429 in request 12345 after 3 attempts', null, null],
    ['try again after 2020-01-01T00:00:00Z', null, null],
    ['Resets in 90000h', null, null],
    ['', null, null],
  ];
  for (const [text, zone, time] of told) assert.is(resetTimeIn(text, now, zone), time, text);
});

test('a zone that there is not is read as none', () => {
  assert.type(resetTimeIn('resets 12:45pm (Nowhere/Land)', now, null), 'number');
});

test('a time in the hour that a change of the clocks leaves out or repeats is one near it', () => {
  const before = at(2026, 9, 24, 20);
  const found = resetTimeIn('try again at 2:30 AM', before, 'Europe/Berlin') ?? 0;
  assert.ok(Math.abs(found - at(2026, 9, 25, 1)) <= 3_600_000);
});

test.run();
