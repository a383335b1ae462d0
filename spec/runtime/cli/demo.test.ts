import { join } from 'node:path';
import { is, match, ok } from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('the demo', { timeLimitMs: 10 * 60_000 });

test('it proves what it says without a terminal, and exits 0', async () => {
  const { code, stdout, stderr } = await throughline(bundle).run('demo');
  is(code, 0, stderr + stdout);
  is(stderr, '');
  for (const claim of ['kill -9', '↻ restored', 'none was rewritten to failed', 'exactly this dashboard']) {
    match(stdout, claim);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no cursor moves where there is no terminal
  ok(!/\u001b/.test(stdout));
});

test('with --data it keeps what it made, and refuses a data directory that holds sessions', async () => {
  const cli = throughline(bundle, join(temporaryFolder('demo'), 'data'));
  const first = await cli.run('demo', '--data', cli.data);
  is(first.code, 0, first.stderr);
  match((await cli.run('list')).stdout, /^tests /m);
  is((await cli.run('demo', '--data', cli.data)).code, 2);
});

test.run();
