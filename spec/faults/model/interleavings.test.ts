/** Interleavings of writer, senders and supervisor, searched at random by a seed and, for small ones, exhaustively. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok } from 'uvu/assert';
import { openStore } from '../../../actors/store/open-store.ts';
import { migrationsFolder } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { createRandom, isLong, say, seed } from '../support/form.ts';
import { everyWay, randomWay, type Way } from './search.ts';
import type { Variant } from './variants.ts';
import type { ModelOptions } from './world.ts';

const test = suite('the model', { timeLimitMs: (isLong ? 120 : 10) * 60_000 });

const randomWays = isLong ? 200_000 : 1_000;
/** Of the ways through a small one that has more, so many are gone. */
const mostWays = isLong ? 2_000_000 : 1_000;

const emptyDatabase = (): Buffer => {
  const path = join(temporaryFolder('model'), 'throughline.db');
  openStore({ path, migrationsFolder, synchronous: 'NORMAL' }).close();
  const bytes = readFileSync(path);
  // A database in memory has no write-ahead log; these two bytes say that it wants one.
  bytes[18] = 1;
  bytes[19] = 1;
  return bytes;
};
const empty = emptyDatabase();

const sentence = ({ steps, broken }: Way): string => `${broken}, after: ${steps.join(' · ')}`;

test(`the laws hold in ${randomWays} random interleavings`, () => {
  const random = createRandom(seed);
  let steps = 0;
  for (let count = 0; count < randomWays; count += 1) {
    const way = randomWay(
      { empty, senders: 1 + Math.floor(random() * 3), eventsPerSender: 4, crashes: 3, diskFaults: 2, removals: 1 },
      random,
      random() * 0.3,
    );
    ok(way.broken === null, `seed ${seed}: ${sentence(way)}`);
    steps += way.steps.length;
  }
  say(`model: ${randomWays} random interleavings of ${steps} steps, seed ${seed}: every law held`);
});

const small: readonly (readonly [string, Omit<ModelOptions, 'empty'>])[] = [
  ['one sender of two events, one death', { senders: 1, eventsPerSender: 2, crashes: 1, diskFaults: 0 }],
  ['one sender of two events, one refusal of the disk', { senders: 1, eventsPerSender: 2, crashes: 0, diskFaults: 1 }],
  ['one sender of one event, a death and a refusal', { senders: 1, eventsPerSender: 1, crashes: 1, diskFaults: 1 }],
  ['one sender of one event, two deaths', { senders: 1, eventsPerSender: 1, crashes: 2, diskFaults: 0 }],
  ['a removal and a death', { senders: 1, eventsPerSender: 1, crashes: 1, diskFaults: 0, removals: 1 }],
  ['a removal and a refusal of the disk', { senders: 1, eventsPerSender: 1, crashes: 0, diskFaults: 1, removals: 1 }],
  ['two senders of one event, no fault', { senders: 2, eventsPerSender: 1, crashes: 0, diskFaults: 0 }],
];

for (const [name, options] of small) {
  test(`the laws hold in the interleavings of ${name}`, () => {
    const { ways, broken, all } = everyWay({ ...options, empty }, mostWays);
    ok(broken === null, broken === null ? '' : sentence(broken));
    say(`model: ${name}: ${all ? `all ${ways}` : `the first ${ways}`} interleavings: every law held`);
  });
}

const variants: readonly Variant[] = [
  'acknowledges before the commit',
  'keeps its position after a rollback',
  'does not recognise a repetition',
  'lets the dead writer write on',
  'takes a second end',
];

for (const variant of variants) {
  test(`a writer that ${variant} is caught`, () => {
    const random = createRandom(seed);
    for (let count = 1; count <= 2_000; count += 1) {
      const options = { empty, senders: 2, eventsPerSender: 3, crashes: 3, diskFaults: 2, variant };
      const way = randomWay(options, random, 0.2);
      if (way.broken === null) continue;
      say(`model: a writer that ${variant} is caught in interleaving ${count}: ${way.broken}`);
      return;
    }
    ok(false, `nobody noticed (seed ${seed})`);
  });
}

test.run();
