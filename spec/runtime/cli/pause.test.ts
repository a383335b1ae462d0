/** Runs that wait, on the command line. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match } from 'uvu/assert';
import type { DashboardRow, DashboardSnapshot } from '../../../actors/protocol/gateway/dashboard.ts';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { inProcess, type Said } from './support/in-process.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('runs that wait, on the command line', { timeLimitMs: 120_000 });

const folder = temporaryFolder('pause');
const repository = join(folder, 'greetings');
const script = join(folder, 'limited.json');
const cli = throughline(bundle, join(folder, 'data'));

const say = (...words: readonly string[]): Promise<Said> => inProcess(120, ...words);

const row = async (): Promise<DashboardRow> => {
  const [first] = ((await say('list', '--json')).json() as unknown as DashboardSnapshot).rows;
  if (first === undefined) throw new Error('there is no session');
  return first;
};

test.before(async () => {
  makeSampleRepository(repository);
  const refused = { steps: [{ do: 'error', code: 429, message: 'Quota reached. Resets in 2h0m0s.' }] };
  writeFileSync(
    script,
    JSON.stringify({ name: 'limited', turns: [refused, { steps: [{ do: 'say', text: 'done' }] }] }),
  );
  process.env.THROUGHLINE_DATA = cli.data;
  is((await cli.run('serve', '--background')).code, 0);
});
test.after(async () => {
  await say('stop');
});

test('a limit is said in the list until when it holds, is moved, and gone on with', async () => {
  const where = ['--repo', repository, '--no-worktree', '--agent', `rehearsal:${script}`];
  is((await say('run', 'Do it', '--name', 'first', ...where)).code, 0);
  await until('it waits', async () => (await row()).waitingFor === 'limit');
  equal([(await row()).status, (await row()).live], ['Running', true]);
  match((await say('list')).stdout, /Running +limit of rehearsal:\S+ until (?:\d+ \w+ )?\d\d:\d\d/);
  match((await say('show', 'first')).stdout, /Running {2}limit of rehearsal:\S+ until/);
  match((await say('history', 'first')).stdout, /paused at a limit: Quota reached/);
  const before = Date.now();
  const moved = await say('continue', 'first', '--at', '3h', '--json');
  is(moved.code, 0, moved.stderr);
  is(moved.json().ok, true);
  const { waitingUntil } = await row();
  equal((waitingUntil ?? 0) >= before + 10_800_000 && (waitingUntil ?? 0) <= Date.now() + 10_800_000, true);
  is((await say('pause', 'first')).code, 0);
  is((await row()).waitingUntil, null);
  match((await say('list')).stdout, /until you continue it/);
  match((await say('continue', 'first')).stdout, /first goes on\./);
  await until('it has ended', async () => (await row()).status === 'Completed');
  const late = await say('continue', 'first');
  is(late.code, 4);
  match(late.stderr, 'this session is not paused');
  is((await say('pause', 'first', '--until', 'soon')).code, 2);
});

test.run();
