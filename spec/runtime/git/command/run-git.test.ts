import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { runGit, tryGit } from '../../../../runtime/git/command/run-git.ts';
import { createOneAtATime } from '../../../../runtime/turns/one-at-a-time.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { until } from '../../../support/until.ts';
import { withPath } from '../../../support/with-path.ts';
import { errorOf, makeRepository } from '../git-world.ts';

const test = suite('running git');

/** A folder with a program called git that does what the script says. */
const fakeGit = (script: string): string => {
  const folder = temporaryFolder('bin');
  writeFileSync(join(folder, 'git'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'git'), 0o755);
  return folder;
};

test('a failure quotes the last line of what git said', async () => {
  const cwd = makeRepository();
  const error = await errorOf(() => runGit({ cwd, arguments: ['rev-parse', '--verify', 'nothing'] }));
  assert.is(error.code, 'git.failed');
  assert.is(error.message, `git rev-parse failed in ${cwd}: fatal: Needed a single revision`);
  assert.is((await tryGit({ cwd, arguments: ['rev-parse', '--verify', 'nothing'] })).exitCode, 128);
});

test('a full disk is not taken for another git at work', async () => {
  const cwd = makeRepository();
  for (const [said, hint] of [
    ["fatal: sha1 file '/x/.git/index.lock' write error. Out of diskspace", /disk may be full/],
    ["fatal: cannot update ref 'refs/x': couldn't write '/x/.git/refs/x.lock'", /disk may be full/],
    ['fatal: unable to write loose object file: No space left on device', /disk may be full/],
    ["fatal: Unable to create '/x/.git/index.lock': File exists.", /another git may be at work/],
  ] as const) {
    const git = fakeGit(`echo "${said}" >&2; exit 128`);
    const error = await withPath(`${git}:${process.env.PATH}`, () =>
      errorOf(() => runGit({ cwd, arguments: ['rev-parse'] })),
    );
    assert.match(error.hint ?? '', hint);
  }
});

test('a machine without git is told so', async () => {
  const cwd = makeRepository();
  const error = await withPath(temporaryFolder('empty'), () => errorOf(() => runGit({ cwd, arguments: ['status'] })));
  assert.is(error.code, 'git.not_installed');
  const placeholder = fakeGit('echo "xcrun: error: invalid active developer path" >&2; exit 1');
  const onMac = await withPath(placeholder, () => errorOf(() => runGit({ cwd, arguments: ['rev-parse'] })));
  assert.is(onMac.code, 'git.not_installed');
});

test('a missing folder is not taken for a missing git', async () => {
  const cwd = join(temporaryFolder('gone'), 'gone');
  const error = await errorOf(() => runGit({ cwd, arguments: ['rev-parse'] }));
  assert.is(error.code, 'git.failed');
  assert.match(error.message, /no such folder/);
});

test('a NUL in an argument is refused', async () => {
  const error = await errorOf(() => runGit({ cwd: temporaryFolder(), arguments: ['rev-parse', 'a\0b'] }));
  assert.is(error.code, 'git.failed');
});

test('a git that hangs is stopped, and its children with it', async () => {
  const folder = temporaryFolder('hang');
  const path = fakeGit(`trap '' TERM; sleep 1000 & echo $! > ${folder}/child; wait; wait; sleep 1000`);
  const call = { cwd: folder, arguments: ['rev-parse'], timeLimitMs: 300 };
  const error = await withPath(`${path}:/usr/bin:/bin`, () => errorOf(() => runGit(call)));
  assert.match(error.message, /took longer than 300 ms/);
  const child = Number(readFileSync(join(folder, 'child'), 'utf8'));
  await until('the child has ended', () => {
    try {
      // A zombie that nobody has reaped yet still answers to signal 0.
      return readFileSync(`/proc/${child}/stat`, 'utf8').includes(') Z ');
    } catch {
      return true;
    }
  });
});

test('output is bounded: too much fails, or is cut where that was asked for', async () => {
  const path = `${fakeGit('yes')}:/usr/bin:/bin`;
  const call = { cwd: temporaryFolder(), arguments: ['rev-parse'], maxOutputBytes: 100_001 };
  const error = await withPath(path, () => errorOf(() => runGit(call)));
  assert.match(error.message, /more than 100001 bytes/);
  const outcome = await withPath(path, () => tryGit({ ...call, cutOutput: true }));
  assert.ok(outcome.cut);
  assert.is(outcome.stdout.length, 100_001);
});

test('broken configuration stops what would need its filters', async () => {
  const cwd = makeRepository();
  writeFileSync(join(cwd, '.git/config'), '[broken');
  assert.is((await errorOf(() => runGit({ cwd, arguments: ['status'] }))).code, 'git.failed');
});

test('one key waits its turn, also after a failure; another does not', async () => {
  const oneAtATime = createOneAtATime();
  const order: string[] = [];
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = oneAtATime('a', async () => {
    await gate;
    order.push('first');
    throw new Error('no');
  });
  const second = oneAtATime('a', async () => order.push('second'));
  await oneAtATime('b', async () => order.push('other'));
  open();
  await first.then(
    () => assert.unreachable(),
    () => {},
  );
  await second;
  assert.equal(order, ['other', 'first', 'second']);
});

test.run();
