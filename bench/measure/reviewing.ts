/** What a person waits for before the first change is there to be read: of many changed files as of few. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeSampleRepository } from '../../runtime/cli/demo/sample-repository.ts';
import { openDataDirectory } from '../../runtime/data/data-directory.ts';
import { type Served, serve } from '../../spec/support/served.ts';
import { type Measure, times } from '../bench.ts';
import { nowMs } from '../clock.ts';
import { figure } from '../figure.ts';
import { ratios } from '../statistics.ts';

const many = 1_000;
const few = 10;
const pollMs = 100;

/** A session that wrote so many files of 20 lines each, in as many folders as hold ten of them. */
const sessionWith = async (served: Served, folder: string, files: number): Promise<string> => {
  const repository = join(folder, `repository-${files}`);
  makeSampleRepository(repository);
  const script = join(folder, `writes-${files}.json`);
  const command = `for i in $(seq ${files}); do d=changed/$((i / 10)); mkdir -p $d; seq $i $((i + 20)) > $d/$i.txt; done`;
  writeFileSync(script, JSON.stringify({ name: 'writes', turns: [{ steps: [{ do: 'run', command }] }] }));
  const { id } = await served.startSession({
    prompt: 'Write.',
    repository,
    agent: `rehearsal:${script}`,
    approvals: 'allow',
    worktree: true,
  });
  for (;;) {
    const { snapshots } = await served.client.call('work', { parameters: { id } });
    if (snapshots.some(({ reason }) => reason === 'run_end')) return id;
    await pause(pollMs);
  }
};

/** From the request of the files to the arrival of the first of their patches. */
const firstDiffMs = async ({ client }: Served, id: string, files: number): Promise<number> => {
  const parameters = { id };
  const from = nowMs();
  const review = await client.call('reviewFiles', { parameters, query: { range: 'run:1' } });
  const [first] = review.files;
  if (review.files.length !== files || first === undefined) throw new Error(`${review.files.length} files are listed`);
  const { text } = await client.call('reviewPatch', {
    parameters,
    query: { from: review.from, to: review.to, path: first.path },
  });
  if (text === '') throw new Error('the first patch is empty');
  return nowMs() - from;
};

export const measureReviewing: Measure = async (bench) => {
  const folder = bench.folder('reviewing');
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  const served = await serve(openDataDirectory(join(folder, 'data')));
  try {
    bench.say(`review: a session with ${few} changed files and one with ${many}`);
    const [short, long] = [await sessionWith(served, folder, few), await sessionWith(served, folder, many)];
    const [shortMs, longMs]: [number[], number[]] = [[], []];
    // The first of each starts threads and fills caches.
    await firstDiffMs(served, short, few);
    await firstDiffMs(served, long, many);
    for (const _ of times(bench.pairs)) {
      shortMs.push(await firstDiffMs(served, short, few));
      longMs.push(await firstDiffMs(served, long, many));
    }
    return [
      figure({
        name: 'review.first_diff_ms',
        says: `from the request of a review of ${many} changed files to its first patch, divided by one of ${few}`,
        values: ratios(longMs, shortMs),
        goal: { atMost: 2 },
        details: { longMs, shortMs },
      }),
    ];
  } finally {
    await served.stop();
  }
};
