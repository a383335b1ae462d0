import { equal, is, ok } from 'uvu/assert';
import { createDeferred } from '../../../../actors/protocol/facts/deferred.ts';
import { type LandingId, type SessionId, toLandingId, toSessionId } from '../../../../actors/protocol/facts/ids.ts';
import { createLandingQueue, type QueueEntry } from '../../../../runtime/work/landing/landing-queue.ts';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';

const test = suite('the queue of landings');

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, close: () => {} };
const session: SessionId = toSessionId('01890a5d-ac96-774b-bcce-b302099a8057');
const id = (name: string): LandingId => toLandingId(`01890a5d-ac96-774b-bcce-b302099a80${name}`);
const entry = (name: string, place: number, more: Partial<QueueEntry> = {}): QueueEntry => ({
  id: session,
  landingId: id(name),
  line: 'main',
  place,
  paused: false,
  ...more,
});

/** A queue of which each landing ends when it is told to. */
const toldQueue = (ends: Readonly<Record<string, 'later'>> = {}) => {
  const begun: LandingId[] = [];
  const held = new Map<LandingId, () => void>();
  const tried = new Set<LandingId>();
  const queue = createLandingQueue({
    carryOut: async ({ landingId }) => {
      begun.push(landingId);
      const { promise, resolve } = createDeferred();
      held.set(landingId, resolve);
      await promise;
      if (ends[landingId] === undefined || tried.has(landingId)) return 'ended';
      tried.add(landingId);
      return ends[landingId];
    },
    log,
    againMs: 5,
  });
  const begins = (name: string) => until(`${name} begins`, () => held.has(id(name)));
  const end = (name: string): void => {
    const resolve = held.get(id(name));
    ok(resolve, `${name} is under way`);
    held.delete(id(name));
    resolve();
  };
  return { queue, begun, begins, end };
};

test('one after the other, in the order of their places, whoever came first', async () => {
  const { queue, begun, begins, end } = toldQueue();
  for (const [at, name] of ['0a', '0b', '0c'].entries()) queue.put(entry(name, at));
  is(queue.isRunning(id('0a')), true);
  queue.put(entry('0c', 0.5));
  equal(
    queue.inLine('main').map(({ landingId }) => landingId),
    [id('0a'), id('0c'), id('0b')],
  );
  queue.put(entry('0d', 9, { line: 'other' }));
  await begins('0d');
  end('0a');
  await begins('0c');
  end('0c');
  await begins('0b');
  equal(begun, ['0a', '0d', '0c', '0b'].map(id));
  end('0b');
  end('0d');
  await queue.stop();
});

test('a line stops before one that is paused, and goes on when it does', async () => {
  const { queue, begun, begins, end } = toldQueue();
  queue.put(entry('0a', 0));
  queue.put(entry('0b', 1, { paused: true }));
  queue.put(entry('0c', 2));
  end('0a');
  await queue.left(id('0a'));
  queue.put(entry('0d', 0.5));
  // What stands before it goes on, and nothing behind it.
  await begins('0d');
  end('0d');
  await queue.left(id('0d'));
  equal(begun, ['0a', '0d'].map(id));
  queue.put(entry('0b', 1));
  await begins('0b');
  end('0b');
  await begins('0c');
  end('0c');
  await queue.stop();
});

test('what could not be tried yet is passed over, and tried again in its place', async () => {
  const { queue, begun, begins, end } = toldQueue({ [id('0a')]: 'later' });
  queue.put(entry('0a', 0));
  queue.put(entry('0b', 1));
  end('0a');
  await begins('0b');
  ok(queue.find(id('0a')), 'it waits');
  end('0b');
  await begins('0a');
  end('0a');
  await queue.left(id('0a'));
  equal(begun, ['0a', '0b', '0a'].map(id));
  is(queue.find(id('0a')), undefined);
  await queue.stop();
});

test.run();
