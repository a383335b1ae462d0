/** What an agent asks is answered at the terminal where it is shown: on a real one, of three widths. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { is, match, not, ok } from 'uvu/assert';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { displayWidth } from '../../../runtime/cli/text/display-width.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { atPty } from './support/at-pty.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('answers at a terminal', { timeLimitMs: 120_000 });

const repository = join(temporaryFolder('repository'), 'greetings');
makeSampleRepository(repository);
const cli = throughline(bundle);
const asker = fileURLToPath(new URL('support/asking-agent.mjs', import.meta.url));
const where = (variant: string) =>
  ['--repo', repository, '--no-worktree', '--agent', `acp:node ${asker} ${variant}`] as const;

test.before(async () => {
  is((await cli.run('serve', '--background')).code, 0);
});
test.after(async () => {
  await cli.run('stop');
});

for (const columns of [40, 80, 200]) {
  test(`[law 18] run --wait asks where it shows, at ${columns} columns; what was typed before is no answer`, async () => {
    const waiting = atPty(cli, columns, 'run', 'Ask', '--name', `at ${columns}`, ...where('patch'), '--wait');
    waiting.type('n\n');
    await until('it is asked', () => /say\s+why\s/.test(waiting.text()));
    match(waiting.text(), '+two');
    const question = waiting.text().slice(waiting.text().lastIndexOf('Allow?'));
    for (const line of question.split('\n')) ok(displayWidth(line) <= columns, line);
    is(waiting.text().includes('throughline approve'), false);
    not.match(waiting.text(), 'by you');
    waiting.type('y\n');
    is(await waiting.ended, 0, waiting.text());
    match(waiting.text(), /✓ allowed.* by you/);
  });
}

test('[law 18] history --follow asks what waited before; answered elsewhere it is asked no more', async () => {
  is((await cli.run('run', 'Ask', '--name', 'elsewhere', ...where('patch'))).code, 0);
  const following = atPty(cli, 80, 'history', 'elsewhere', '--follow');
  await until('it is asked', () => following.text().includes('say why  '));
  is((await cli.run('deny', 'elsewhere')).code, 0);
  await until('it has ended', () => following.text().includes('Completed in'));
  match(following.text(), 'by you');
  following.type('\u0003');
  is(await following.ended, 0, following.text());
});

test('[law 18] approve of one that nobody named by its id asks below it; a choice is made by its number', async () => {
  is((await cli.run('run', 'Ask', '--name', 'approved', ...where('patch'))).code, 0);
  await until('it waits', async () => (await cli.run('show', 'approved')).stdout.includes('? approval'));
  const approving = atPty(cli, 80, 'approve', 'approved');
  await until('it is asked', () => approving.text().includes('q quit  '));
  approving.type('y\n');
  is(await approving.ended, 0, approving.text());
  match(approving.text(), 'Allowed: edit');
  const waiting = atPty(cli, 80, 'run', 'Ask', '--name', 'chosen', ...where('question'), '--wait');
  await until('it is asked', () => waiting.text().includes('n decline  '));
  match(waiting.text(), 'Which?  1 SQLite  2 Postgres');
  waiting.type('2\n');
  is(await waiting.ended, 0, waiting.text());
  match(waiting.text(), '"optionId":"q0_opt_1"');
});

test.run();
