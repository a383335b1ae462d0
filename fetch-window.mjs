// Gets the window's own program, Neutralino's, into bin/ by Neutralino's own tool. Nothing else of Throughline needs it,
// so a failure says what happens without it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
/** Where nothing answers, the tool waits for ever. */
const timeLimitMs = 120_000;

console.log(`Fetching the program of the window (Neutralino), for at most ${timeLimitMs / 60_000} minutes…`);
const { status, stdout, stderr, error } = spawnSync('npx', ['--yes', '@neutralinojs/neu@11.7.2', 'update'], {
  cwd: root,
  encoding: 'utf8',
  timeout: timeLimitMs,
  shell: process.platform === 'win32',
});
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
