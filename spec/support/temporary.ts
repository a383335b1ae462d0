import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

// One place that clears up, so that a test which fails in its middle leaves nothing behind either.
process.on('exit', () => {
  for (const path of made) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
});

// A test that is told to end does so as any other: by `exit`, where whatever was started or made is cleared up. Node alone
// would be gone at once, and a runtime of its own session would live on.
for (const [signal, number] of [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const) {
  process.once(signal, () => process.exit(128 + number));
}

/** A new empty folder, its path free of symlinks, removed when the test process ends. */
export const temporaryFolder = (name = 'test'): string => {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `throughline-${name}-`)));
  made.push(path);
  return path;
};
