// Gets the window's own program, Neutralino's, into bin/ by Neutralino's own tool. Nothing else of Throughline needs it,
// so a failure says what happens without it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
/** Where nothing answers, the tool waits for ever. */
const timeLimitMs = 120_000;

// The tool is pinned with all it needs by a lock file of its own: nothing else uses it, and three of its 88 packages would
// run a script at every `npm ci`. Their scripts are not run; what the tool does here needs none of them.
const folder = `${root}native/neutralino`;
const tool = `${folder}/node_modules/@neutralinojs/neu/bin/neu.js`;

/** @type {(program: string, words: readonly string[], shell?: boolean) => import('node:child_process').SpawnSyncReturns<string>} */
const run = (program, words, shell = false) =>
  spawnSync(program, words, { cwd: root, encoding: 'utf8', timeout: timeLimitMs, shell });

console.log(`Fetching the program of the window (Neutralino), for at most ${timeLimitMs / 60_000} minutes…`);
const installed = run(
  'npm',
  ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'],
  process.platform === 'win32',
);
const { status, stdout, stderr, error } = installed.status === 0 ? run(process.execPath, [tool, 'update']) : installed;
const bin = `${root}bin`;
const fetched = existsSync(bin) ? readdirSync(bin).filter((name) => name.startsWith('neutralino-')) : [];
if (status === 0 && fetched.length > 0) {
  console.log(`It is in ${bin}. Open the window with: throughline`);
} else {
  // Neutralino's tool ends with 0 also when it could not reach anything.
  const reason = `${stdout ?? ''}\n${stderr ?? ''}\n${error?.message ?? ''}`
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of the tool
    .replace(/\u001b\[[0-9;]*m/g, '')
    .split('\n')
    .find((line) => /error|refused|timed ?out/i.test(line))
    ?.trim();
  console.error('The program of the window could not be fetched; its releases may be out of reach from here.');
  if (reason !== undefined) console.error(`  ${reason}`);
  console.error('Throughline works without it: `throughline` opens the same page in your browser.');
  console.error('A copy from elsewhere is used when THROUGHLINE_WINDOW_BINARY names it.');
  process.exitCode = 1;
}
