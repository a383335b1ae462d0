import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { dataDirectoryAt, openDataDirectory, writeOwner } from '../../../runtime/data/data-directory.ts';
import { livingOwner } from '../../../runtime/data/living-owner.ts';
import { acquireLock, isLocked } from '../../../runtime/data/lock.ts';
import { processStartedAt } from '../../../runtime/processes/process-start.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const test = suite('lock');

const moduleUrl = new URL('../../../runtime/data/lock.ts', import.meta.url).href;
const directoryUrl = new URL('../../../runtime/data/data-directory.ts', import.meta.url).href;

const holders = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of holders) child.kill('SIGKILL');
});

/** Another process that takes the lock, says so, and keeps it. */
const holder = async (root: string): Promise<ChildProcess & { readonly pid: number }> => {
  const code = `
    const { acquireLock } = await import(${JSON.stringify(moduleUrl)});
    const { openDataDirectory } = await import(${JSON.stringify(directoryUrl)});
    acquireLock(openDataDirectory(${JSON.stringify(root)}));
    // What acquireLock gave is not kept, and the collector runs: the lock must hold all the same.
    for (let round = 0; round < 3; round += 1) {
      globalThis.gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    console.log('held');
    setInterval(() => {}, 1_000_000);
  `;
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', '--input-type=module', '-e', code], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A test that fails in its middle must not leave it behind.
  holders.add(child);
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  assert.match(String(said), /held/);
  return child as ChildProcess & { readonly pid: number };
};

const kill = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGKILL');
  await once(child, 'exit');
};

const refusal = (body: () => unknown): ThroughlineError => {
  try {
    body();
  } catch (thrown) {
    if (thrown instanceof ThroughlineError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
};

test('[law 4] a second runtime is refused, with the first one named', async () => {
  const directory = openDataDirectory(temporaryFolder());
  const child = await holder(directory.root);
  const startedAt = processStartedAt(child.pid);
  assert.ok(startedAt);
  writeOwner(directory, { pid: child.pid, startedAt, url: 'http://127.0.0.1:4711', version: '0' });
  const error = refusal(() => acquireLock(directory));
  assert.equal(error.code, 'data.locked');
  assert.match(error.message, new RegExp(`process ${child.pid} at http://127.0.0.1:4711`));
  assert.equal(isLocked(directory), true);
  assert.equal(livingOwner(directory)?.pid, child.pid);
  await kill(child);
});

test('an owner file that a crash left behind is not named as the holder', async () => {
  const directory = openDataDirectory(temporaryFolder());
  writeOwner(directory, { pid: process.pid, startedAt: 'long ago', url: 'http://127.0.0.1:1', version: '0' });
  const child = await holder(directory.root);
  const { message } = refusal(() => acquireLock(directory));
  assert.match(message, /another runtime is starting/);
  // The kernel knows who it is, before that one says so itself.
  if (process.platform === 'linux') assert.match(message, new RegExp(`: process ${child.pid}$`));
  assert.equal(livingOwner(directory), null);
  await kill(child);
});

test('SIGKILL leaves nothing stale: the next one takes the lock at once, time after time', async () => {
  const directory = openDataDirectory(temporaryFolder());
  for (let round = 0; round < 5; round += 1) {
    const child = await holder(directory.root);
    assert.equal(isLocked(directory), true);
    await kill(child);
    assert.equal(isLocked(directory), false);
    acquireLock(directory).release();
  }
});

test('[law 4] of two that start together exactly one wins', async () => {
  const directory = openDataDirectory(temporaryFolder());
  for (let round = 0; round < 3; round += 1) {
    const outcomes = await Promise.allSettled([holder(directory.root), holder(directory.root)]);
    const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    assert.equal(winners.length, 1);
    for (const winner of winners) await kill(winner.value);
  }
});

test('within one process too the lock is held once, and free after release', () => {
  const directory = openDataDirectory(temporaryFolder());
  const lock = acquireLock(directory);
  assert.equal(isLocked(directory), true);
  assert.equal(refusal(() => acquireLock(directory)).code, 'data.locked');
  // A failed attempt must not drop the lock of the first: POSIX forgets a file's locks when any descriptor is closed.
  assert.equal(isLocked(directory), true);
  lock.release();
  assert.equal(isLocked(directory), false);
  assert.equal(lstatSync(directory.lock).mode & 0o777, 0o600);
});

test('asking makes nothing', () => {
  const root = join(temporaryFolder(), 'none');
  assert.equal(isLocked(dataDirectoryAt(root)), false);
  assert.equal(existsSync(root), false);
  const empty = temporaryFolder();
  assert.equal(isLocked(dataDirectoryAt(empty)), false);
  assert.deepEqual(readdirSync(empty), []);
});

test('a damaged lock file is said to be that, and not taken for a runtime', () => {
  const directory = openDataDirectory(temporaryFolder());
  writeFileSync(directory.lock, 'this is no database, and long enough to be looked at as one '.repeat(40));
  const error = refusal(() => acquireLock(directory));
  assert.equal(error.code, 'data.unusable');
  assert.match(error.hint ?? '', /damaged/);
});

test.run();
