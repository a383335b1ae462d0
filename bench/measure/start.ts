/** From the start of the program to its first answer, against a Node that does nothing. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Measure, times } from '../bench.ts';
import { nowMs } from '../clock.ts';
import { figure } from '../figure.ts';
import { seedStore } from '../seed-store.ts';
import { ratios } from '../statistics.ts';

const program = fileURLToPath(new URL('../../dist/throughline.js', import.meta.url));
const pairsPerPair = 3;

/** From spawn to exit of a Node that does nothing. */
const bareNodeMs = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const from = nowMs();
    const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', () => resolve(nowMs() - from));
  });

const answers = (url: string, token: string): Promise<void> =>
  new Promise((resolve, reject) => {
    get(`${url}/api/health`, { agent: false, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume();
      if (response.statusCode === 200) response.on('end', resolve);
      else reject(new Error(`the runtime answers ${response.statusCode}`));
    }).on('error', reject);
  });

/** From spawn to the answer of GET /api/health; then stops the runtime and waits for its end. */
const runtimeMs = async (dataDirectory: string): Promise<number> => {
  const from = nowMs();
  const child = spawn(process.execPath, [program, 'serve', '--data', dataDirectory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    void ended.then(() => reject(new Error('the runtime ended before it said where it is')));
    child.stdout.once('data', (text: Buffer) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text.toString('utf8'));
      if (found === null) reject(new Error(`the runtime says ${text.toString('utf8')}`));
      else resolve(found[0]);
    });
  });
  await answers(url, readFileSync(join(dataDirectory, 'token'), 'utf8').trim());
  const elapsed = nowMs() - from;
  child.kill('SIGTERM');
  await ended;
  return elapsed;
};

export const measureStart: Measure = async (bench) => {
  const folder = bench.folder('start');
  const filled = bench.folder('start-filled');
  seedStore(filled, { sessions: 100, eventsPerSession: 1_000 });
  // The first start on the seeded log marks what was in flight as restored; the files are in the disk's cache after it.
  await runtimeMs(filled);
  const bare: number[] = [];
  const fresh: number[] = [];
  const full: number[] = [];
  const rounds = bench.pairs * pairsPerPair;
  for (const round of times(rounds)) {
    bench.say(`start: round ${round + 1} of ${rounds}`);
    bare.push(await bareNodeMs());
    fresh.push(await runtimeMs(join(folder, String(round))));
    full.push(await runtimeMs(filled));
  }
  return [
    figure({
      name: 'start.vs_node',
      says: 'from spawn to the answer of GET /api/health with 100,000 events, divided by `node -e 0`',
      values: ratios(full, bare),
      goal: { atMost: 3 },
      details: { runtimeMs: full, nodeMs: bare },
    }),
    figure({
      name: 'start.fresh.vs_node',
      says: 'the same with a data directory that is made on the way',
      values: ratios(fresh, bare),
      details: { runtimeMs: fresh, nodeMs: bare },
    }),
  ];
};
