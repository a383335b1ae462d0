import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { is, match, ok } from 'uvu/assert';
import { createGh } from '../../../../runtime/work/origin/run-gh.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { errorOf } from '../../../support/world.ts';

const test = suite('gh as a program', { timeLimitMs: 30_000 });

/** A `gh` that does this, as the only thing on PATH besides the system's own. */
const ghThat = (script: string, options?: Parameters<typeof createGh>[1]) => {
  const folder = temporaryFolder('gh');
  writeFileSync(join(folder, 'gh'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'gh'), 0o755);
  return createGh({ PATH: `${folder}:/usr/bin:/bin` }, options);
};

test('one that hangs is ended, also where what it left holds its output open', async () => {
  const stuck = ghThat("trap '' TERM; setsid sleep 20 & sleep 20", { timeLimitMs: 200 });
  match((await errorOf(stuck(['pr', 'list']))).message, 'gh pr list took longer than');
});

test('one that is at work when the runtime ends is ended with it, and none is begun after that', async () => {
  const stop = new AbortController();
  const gh = ghThat('sleep 20', { signal: stop.signal });
  const asked = errorOf(gh(['pr', 'list']));
  stop.abort();
  match((await asked).message, 'was stopped');
  match((await errorOf(gh(['pr', 'list']))).message, 'was stopped');
});

test('one that says too much is ended; of a log the end is kept', async () => {
  const endless = ghThat('yes 0123456789');
  match((await errorOf(endless(['pr', 'list']))).message, 'said more than');
  const long = ghThat('yes 0123456789 | head -c 20000000; echo; echo the end');
  const { exitCode, stdout } = await long(['run', 'view'], { keepsEnd: true });
  is(exitCode, 0);
  ok(stdout.endsWith('the end\n'));
  ok(stdout.length <= 8 * 1024 * 1024 + 65_536, String(stdout.length));
});

test.run();
