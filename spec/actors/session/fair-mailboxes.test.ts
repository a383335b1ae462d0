import fc from 'fast-check';
import { equal, ok } from 'uvu/assert';
import { createFairMailboxes } from '../../../actors/session/fair-mailboxes.ts';
import { suite } from '../../support/suite.ts';

const test = suite('fair mailboxes');

type Received = { readonly mailbox: number; readonly message: number };

/** Mailboxes whose rounds the test begins. */
const open = (count: number) => {
  const rounds: (() => void)[] = [];
  const received: Received[] = [];
  const fair = createFairMailboxes<number>((round) => rounds.push(round));
  const mailboxes = Array.from({ length: count }, (_, mailbox) =>
    fair.open((message) => received.push({ mailbox, message })),
  );
  return { mailboxes, received, rounds, round: () => rounds.shift()?.() };
};

test('nothing is received before the thread has looked at its ports', () => {
  const { mailboxes, received, rounds, round } = open(1);
  mailboxes[0]?.put(1, 2);
  equal(received, []);
  equal(rounds.length, 1);
  round();
  equal(received, [{ mailbox: 0, message: 1 }]);
});

test('whoever has one message waits for one of each other, however many those have', () => {
  const { mailboxes, received, round } = open(2);
  mailboxes[0]?.put(...Array.from({ length: 1_000 }, (_, index) => index));
  round();
  mailboxes[1]?.put(7);
  round();
  equal(received, [
    { mailbox: 0, message: 0 },
    { mailbox: 0, message: 1 },
    { mailbox: 1, message: 7 },
  ]);
});

test('what is put while a message is received comes in its own turn', () => {
  const rounds: (() => void)[] = [];
  const fair = createFairMailboxes<string>((round) => rounds.push(round));
  const received: string[] = [];
  const mailbox = fair.open((message) => {
    received.push(message);
    if (message === 'first') mailbox.put('third');
  });
  mailbox.put('first', 'second');
  while (rounds.length > 0) rounds.shift()?.();
  equal(received, ['first', 'second', 'third']);
});

test('a closed mailbox receives nothing, and holds up nobody', () => {
  const { mailboxes, received, rounds, round } = open(2);
  mailboxes[0]?.put(1, 2);
  mailboxes[1]?.put(3);
  mailboxes[0]?.close();
  mailboxes[0]?.put(4);
  while (rounds.length > 0) round();
  equal(received, [{ mailbox: 1, message: 3 }]);
});

test('property: each mailbox in its own order, nothing lost or doubled, and nobody twice before who waits', () => {
  const step = fc.oneof(
    fc.record({ put: fc.nat({ max: 4 }), count: fc.integer({ min: 1, max: 20 }) }),
    fc.constant('round' as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { mailboxes, received, rounds, round } = open(5);
      const put = mailboxes.map(() => 0);
      for (const one of steps) {
        if (one === 'round') {
          const waitedBefore = waiting(put, received);
          const from = received.length;
          round();
          const served = received.slice(from).map(({ mailbox }) => mailbox);
          // Everybody who waited is served, once.
          equal([...served].sort(), waitedBefore);
          continue;
        }
        const before = put[one.put] ?? 0;
        put[one.put] = before + one.count;
        mailboxes[one.put]?.put(...Array.from({ length: one.count }, (_, index) => before + index));
        ok(rounds.length === 1, 'one round is scheduled');
      }
      while (rounds.length > 0) round();
      for (const [mailbox, count] of put.entries()) {
        equal(
          received.filter((one) => one.mailbox === mailbox).map(({ message }) => message),
          Array.from({ length: count }, (_, index) => index),
        );
      }
    }),
  );
});

/** The mailboxes that have been given more than they received, in order. */
const waiting = (put: readonly number[], received: readonly Received[]): readonly number[] =>
  put.flatMap((count, mailbox) => (count > received.filter((one) => one.mailbox === mailbox).length ? [mailbox] : []));

test.run();
