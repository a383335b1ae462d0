/**
 * Runs every `*.test.ts` below `spec/` (or those whose path contains one of the given words), each in a process of its
 * own, a few side by side, and ends with one line: `N passed, N failed`. Suites that try to break things take longer
 * and are run by name.
 *
 *   node --import tsx spec/run.ts [--suite attacks|faults] [--once-more] [WORD…]
 *
 * `--once-more` runs what failed beside other files a second time by itself, and names what passed then as unsteady: a
 * busy machine does not keep a change from landing, and what is to be mended is still said.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureChromium } from './gui/browser/support/install-chromium.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const isLong = process.env.THROUGHLINE_FAULTS === 'long';
const fileTimeLimitMs = (isLong ? 4 * 60 : 15) * 60_000;

type Outcome = {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  /** Tests that cannot run here, and said why. */
  readonly skipped: number;
  readonly output: string;
};

/** Folders that are no part of `npm test`. The suite against real agents (`agents`) has a runner of its own. */
const suitesByName = ['agents', 'attacks', 'faults'];

const {
  values: { suite, 'once-more': isTriedOnceMore },
  positionals: words,
} = parseArgs({
  allowPositionals: true,
  options: { suite: { type: 'string' }, 'once-more': { type: 'boolean', default: false } },
});

const isAskedFor = (path: string): boolean =>
  suite === undefined ? !suitesByName.some((name) => path.startsWith(`${name}/`)) : path.startsWith(`${suite}/`);

const files = readdirSync(join(root, 'spec'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .filter(isAskedFor)
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
  .sort();

if (files.some((file) => file.startsWith('gui/') || file.startsWith('attacks/browser/'))) ensureChromium();

const runFile = (file: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'spec', file)], {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    let killer: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      output += `\n${file} was stopped after ${fileTimeLimitMs / 1000} s\n`;
      // So that it ends what it has started; a thread that is busy for ever does not hear it.
      child.kill('SIGTERM');
      killer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    }, fileTimeLimitMs);
    child.on('close', (code) => {
      clearTimeout(timer);
      clearTimeout(killer);
      let total = 0;
      let passed = 0;
      let skipped = 0;
      for (const match of output.matchAll(
        /^\s*Total:\s+(\d+)\s*$\s*^\s*Passed:\s+(\d+)\s*$\s*^\s*Skipped:\s+(\d+)\s*$/gm,
      )) {
        total += Number(match[1]);
        passed += Number(match[2]);
        skipped += Number(match[3]);
      }
      // A file that ended badly without naming a failed test (it threw while loading, or was killed) counts as one.
      const failed = code === 0 && total + skipped > 0 ? total - passed : Math.max(total - passed, 1);
      resolve({ file, passed, failed, skipped, output });
    });
  });

const runAndTell = async (file: string): Promise<Outcome> => {
  const begun = Date.now();
  const outcome = await runFile(file);
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  const skipped = outcome.skipped === 0 ? '' : `, ${outcome.skipped} skipped`;
  console.log(`${outcome.failed === 0 ? 'ok  ' : 'FAIL'} ${file} (${outcome.passed} passed${skipped}, ${seconds} s)`);
  if (outcome.failed > 0) console.log(outcome.output.trimEnd());
  // What a test has to say for itself: seeds, figures, why it was skipped.
  else for (const [note] of outcome.output.matchAll(/^· .*$/gm)) console.log(`     ${note}`);
  return outcome;
};

const started = Date.now();
const waiting = [...files];
let outcomes: Outcome[] = [];
const lane = async (): Promise<void> => {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) outcomes.push(await runAndTell(file));
};
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));

const unsteady: string[] = [];
if (isTriedOnceMore) {
  const again: Outcome[] = [];
  for (const first of outcomes) {
    const outcome = first.failed === 0 ? first : await runAndTell(first.file);
    if (outcome.failed < first.failed) unsteady.push(first.file);
    again.push(outcome);
  }
  outcomes = again;
}

const sum = (key: 'passed' | 'failed' | 'skipped'): number =>
  outcomes.reduce((total, outcome) => total + outcome[key], 0);
console.log(
  `\n${relative(process.cwd(), root) || '.'}: ${files.length} files in ${((Date.now() - started) / 1000).toFixed(0)} s`,
);
if (sum('skipped') > 0) console.log(`${sum('skipped')} skipped`);
if (unsteady.length > 0) console.log(`unsteady, to be mended: ${unsteady.join(', ')}`);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(sum('failed') === 0 && files.length > 0 ? 0 : 1);
