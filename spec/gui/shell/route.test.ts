import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { backoffMs } from '../../../gui/connection/live.ts';
import { formatRoute, parseRoute, type Route } from '../../../gui/shell/route.ts';
import { suite } from '../../support/suite.ts';

const test = suite('route');

const plain = { noNullPrototype: true } as const;

const anyRoute: fc.Arbitrary<Route> = fc.oneof(
  fc.constant<Route>({ kind: 'dashboard' }),
  fc.constant<Route>({ kind: 'new' }),
  fc.record(
    {
      kind: fc.constant('inspect' as const),
      id: fc.uuid(),
      at: fc.option(fc.record({ run: fc.nat(99), seq: fc.nat(99_999) }, plain)),
    },
    plain,
  ),
  fc.constant<Route>({ kind: 'landings' }),
  fc.record({ kind: fc.constant('land' as const), id: fc.uuid() }, plain),
  fc.record(
    {
      kind: fc.constant('session' as const),
      id: fc.uuid(),
      at: fc.option(fc.record({ run: fc.nat(99), seq: fc.nat(99_999) }, plain)),
    },
    plain,
  ),
  fc.record(
    {
      kind: fc.constant('search' as const),
      terms: fc.record(
        {
          text: fc.string({ maxLength: 20 }),
          session: fc.uuid(),
          agent: fc.string({ minLength: 1, maxLength: 10 }),
          type: fc.constantFrom('error', 'tool_call,tool_result'),
          since: fc.nat(),
        },
        { requiredKeys: ['text'], noNullPrototype: true },
      ),
    },
    plain,
  ),
);

test('an address read back is where it led', () => {
  fc.assert(
    fc.property(anyRoute, (route) => {
      assert.equal(parseRoute(formatRoute(route)), route);
    }),
  );
});

test('an address nobody knows leads to the dashboard, and a broken place to the session', () => {
  assert.equal(parseRoute('#/nowhere/at/all'), { kind: 'dashboard' });
  assert.equal(parseRoute(''), { kind: 'dashboard' });
  assert.equal(parseRoute('#/session/x/at/2:y'), { kind: 'session', id: 'x', at: null });
  assert.equal(parseRoute('#/session/%E0%A4%A'), { kind: 'session', id: '%E0%A4%A', at: null });
});

test('attempts to reconnect come later and later, but never later than five seconds', () => {
  const delays = [1, 2, 3, 4, 10, 1_000].map((attempt) => backoffMs(attempt, 1));
  assert.equal(delays, [250, 500, 1_000, 2_000, 5_000, 5_000]);
  assert.is(backoffMs(1, 0), 187.5);
});

test.run();
