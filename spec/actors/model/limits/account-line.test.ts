import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  dueIn,
  emptyLine,
  type Line,
  proofMs,
  spacingMs,
  withMoved,
  withoutWaiting,
  withStarted,
  withWaiting,
} from '../../../../actors/model/limits/account-line.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('account line');

const waits = (id: number, until: number | null, account = 'claude', why: 'limit' | 'service' = 'limit') => ({
  id,
  account,
  why,
  until,
  since: id,
});

const lineOf = (...waiting: ReturnType<typeof waits>[]): Line<number> =>
  waiting.reduce((line, next) => withWaiting(line, next), emptyLine<number>());

test('[law 20] 200 sessions of one account whose limit lifts at once go on one after another, each once', () => {
  let line = lineOf(...Array.from({ length: 200 }, (_, id) => waits(id, 1_000)));
  const began: { readonly id: number; readonly at: number }[] = [];
  for (let now = 0; line.waiting.size > 0; ) {
    const { due, next } = dueIn(line, now);
    assert.ok(due.length <= 1);
    for (const id of due) {
      began.push({ id, at: now });
      line = withStarted(line, id, now);
    }
    now = Math.max(now, next ?? now);
  }
  assert.equal(
    began.map(({ id }) => id),
    Array.from({ length: 200 }, (_, id) => id),
  );
  assert.is(began[0]?.at, 1_000);
  assert.is(began[1]?.at, 1_000 + proofMs, 'the second waits until the first has worked for a while');
  for (const [at, { at: time }] of began.slice(2).entries()) assert.is(time - (began[at + 1]?.at ?? 0), spacingMs);
});

test('one that meets the limit again postpones all of its account, and nobody else', () => {
  let line = lineOf(waits(5, 9_000), waits(1, 1_000), waits(2, 1_000), waits(3, null), waits(4, 1_000, 'codex'));
  line = withStarted(line, 1, 1_000);
  line = withWaiting(line, waits(1, 5_000));
  assert.equal(dueIn(line, 1_000), { due: [4], next: 1_000 + spacingMs });
  assert.is(line.waiting.get(2)?.until, 5_000);
  assert.is(line.waiting.get(3)?.until, null, 'what a person holds stays held');
  assert.is(line.waiting.get(5)?.until, 9_000);
  assert.equal(dueIn(line, 5_000).due, [4, 1]);
});

test('what a person says of one concerns that one alone', () => {
  const line = withMoved(lineOf(waits(1, 1_000), waits(2, 1_000)), 1, 9_000);
  assert.equal(dueIn(line, 1_000).due, [2]);
  assert.equal(dueIn(withMoved(line, 2, null), 1_000), { due: [], next: 9_000 });
  assert.is(withMoved(line, 7, 1), line);
});

test('a run that has ended in the meantime shows that the limit is lifted', () => {
  let line = withStarted(lineOf(waits(1, 0), waits(2, 0)), 1, 0);
  assert.equal(dueIn(line, 100), { due: [], next: proofMs });
  line = withoutWaiting(line, 1, true);
  assert.equal(dueIn(line, spacingMs), { due: [2], next: 2 * spacingMs });
});

test('services that failed are tried again side by side', () => {
  const line = lineOf(waits(1, 10, 'claude', 'service'), waits(2, 10, 'claude', 'service'), waits(3, 20, 'claude'));
  assert.equal(dueIn(line, 10), { due: [1, 2], next: 20 });
});

test('nobody is passed by for ever or goes on twice, whatever the clock does', () => {
  const act = fc.oneof(
    fc.record({ add: fc.nat(20), until: fc.nat(100_000), account: fc.constantFrom('a', 'b') }),
    fc.record({ clock: fc.integer({ min: -50_000, max: 100_000 }) }),
    fc.record({ ends: fc.nat(20) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      let line = emptyLine<number>();
      let now = 0;
      const look = (): void => {
        const { due } = dueIn(line, now);
        assert.is(new Set(due).size, due.length);
        for (const id of due) {
          assert.ok(line.waiting.has(id));
          line = withStarted(line, id, now);
          assert.not(line.waiting.has(id));
        }
      };
      for (const each of acts) {
        if ('add' in each) line = withWaiting(line, waits(each.add, each.until, each.account));
        else if ('ends' in each) line = withoutWaiting(line, each.ends, true);
        else now = Math.max(0, now + each.clock);
        look();
      }
      // From here on the clock goes right, and everybody has had a turn in so long.
      for (let looks = 0; line.waiting.size > 0; looks += 1) {
        assert.ok(looks < 200, `${line.waiting.size} still wait`);
        now = Math.max(now + 1, dueIn(line, now).next ?? now);
        look();
      }
    }),
  );
});

test.run();
