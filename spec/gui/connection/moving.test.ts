import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { movedAddress, type View, viewIn } from '../../../gui/connection/moving.ts';
import { type Order, orderNames } from '../../../gui/state/order.ts';
import { suite } from '../../support/suite.ts';

const test = suite('moving to another runtime');

const orders = Object.keys(orderNames) as Order[];

const anyView: fc.Arbitrary<View> = fc.record(
  {
    at: fc.constantFrom('#/', '#/search?q=a%20b', '#/session/0/at/1:2'),
    filter: fc.string({ unit: 'binary' }),
    order: fc.constantFrom(...orders),
    selected: fc.option(fc.uuid()),
  },
  { noNullPrototype: true },
);

test('what is open, the filter, the order and the selection arrive as they were', () => {
  fc.assert(
    fc.property(anyView, fc.constantFrom('', '?window'), (view, search) => {
      const address = new URL(movedAddress('http://0.localhost:1/open/ticket', search, view));
      assert.equal(address.search, search, 'the search is the one of before');
      assert.deepEqual(viewIn(address.hash), view);
    }),
  );
});

test('a page that was not moved has nothing with it, and an order of another version is the default one', () => {
  assert.equal(viewIn('#/session/0'), null);
  assert.equal(viewIn(''), null);
  assert.deepEqual(viewIn('#moved?order=sideways'), { at: '#/', filter: '', order: 'default', selected: null });
});

test.run();
