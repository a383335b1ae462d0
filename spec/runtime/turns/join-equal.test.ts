import * as assert from 'uvu/assert';
import { joinEqual } from '../../../runtime/turns/join-equal.ts';
import { suite } from '../../support/suite.ts';

const test = suite('equal requests are joined');

const held = () => {
  const begun: {
    readonly key: string;
    readonly end: (value: string) => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  const ask = joinEqual((key: string) => new Promise<string>((end, fail) => begun.push({ key, end, fail })));
  return { ask, begun };
};

const turns = () => new Promise((resolve) => setImmediate(resolve));

test('however many ask, one is carried out and one waits; who asks while one runs is told what is seen after it', async () => {
  const { ask, begun } = held();
  const first = ask('a');
  await turns();
  const later = Array.from({ length: 50 }, () => ask('a'));
  await turns();
  assert.is(begun.length, 1);
  begun[0]?.end('old');
  assert.is(await first, 'old');
  await turns();
  assert.is(begun.length, 2);
  begun[1]?.end('new');
  assert.equal(new Set(await Promise.all(later)), new Set(['new']));
  await turns();
  assert.is(begun.length, 2);
});

test('what has different keys runs side by side, and a failure is told to those who shared it alone', async () => {
  const { ask, begun } = held();
  const failing = [ask('a'), ask('a')];
  const other = ask('b');
  await turns();
  assert.equal(
    begun.map(({ key }) => key),
    ['a', 'b'],
  );
  begun[0]?.fail(new Error('gone'));
  begun[1]?.end('b');
  const outcomes = await Promise.allSettled(failing);
  assert.equal(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.is(await other, 'b');
  const again = ask('a');
  await turns();
  begun[2]?.end('there');
  assert.is(await again, 'there');
});

test.run();
