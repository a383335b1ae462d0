/** The commands that are said of several sessions at once, over one runtime. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, is, match, not } from 'uvu/assert';
import type { DashboardRow, DashboardSnapshot } from '../../../actors/protocol/gateway/dashboard.ts';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { atTerminal, inProcess, type Said } from './support/in-process.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('several sessions on the command line', { timeLimitMs: 120_000 });

const folder = temporaryFolder('several');
const repository = join(folder, 'greetings');
const cli = throughline(bundle, join(folder, 'data'));
const agent = fileURLToPath(new URL('support/asking-agent.mjs', import.meta.url));

const say = (...words: readonly string[]): Promise<Said> => inProcess(100, ...words);

const rows = async (): Promise<readonly DashboardRow[]> =>
  ((await say('list', '--json')).json() as unknown as DashboardSnapshot).rows;

const rowOf = async (name: string): Promise<DashboardRow> => {
  const row = (await rows()).find((each) => each.name === name);
  if (row === undefined) throw new Error(`there is no ${name}`);
  return row;
};

const idsOf = (names: readonly string[]): Promise<readonly string[]> =>
  Promise.all(names.map(async (name) => (await rowOf(name)).id));

const begin = async (name: string, variant: string): Promise<void> => {
  const where = ['--repo', repository, '--no-worktree', '--agent', `acp:node ${agent} ${variant}`];
  const begun = await say('run', 'Ask', '--name', name, ...where);
  is(begun.code, 0, begun.stderr);
};

const allWait = (): Promise<boolean> =>
  until('all wait', async () => (await rows()).every(({ waitingFor }) => waitingFor !== null));

test.before(async () => {
  makeSampleRepository(repository);
  process.env.THROUGHLINE_DATA = cli.data;
  is((await cli.run('serve', '--background')).code, 0);
  for (const name of ['one', 'two', 'three', 'four']) await begin(name, 'patch');
  await begin('asks', 'question');
  await allWait();
});
test.after(async () => {
  await say('stop');
});

test('[law 18] several are approved by the ids of their requests, and nothing that nobody was shown', async () => {
  is((await rowOf('one')).waitingFor, 'approval');
  is((await rowOf('asks')).waitingFor, 'question');
  const blind = await say('approve', 'one', 'two', '--json');
  is(blind.code, 4, blind.stdout);
  equal(blind.json().done, []);
  equal(
    (blind.json().refused as readonly { code: string }[]).map(({ code }) => code),
    ['input.invalid', 'input.invalid'],
  );
  const [one, two] = [await rowOf('one'), await rowOf('two')];
  is(one.waitingFor, 'approval');
  const named = [one, two].flatMap(({ name, approvalIds: [first = ''] }) => [name, first]);
  const allowed = await say('approve', ...named, 'nowhere', '--json');
  is(allowed.code, 4);
  // The order is that of the list: the one that was begun last stands first.
  equal(allowed.json(), {
    done: [two.id, one.id],
    refused: [{ id: 'nowhere', code: 'session.not_found', message: 'no session is called "nowhere"' }],
  });
});

test('[law 18] at a terminal each is shown whole and asked; what was typed before it was shown is no answer', async () => {
  const said = await atTerminal({ typed: ['y', 'perhaps', 'y', 'q'] }, 'approve', 'three', 'four');
  is(said.code, 0, said.stderr);
  match(said.stdout, /^four\n\? approval {2}edit[\s\S]*\+two\n[\s\S]*^three\n\? approval/m);
  match(said.stderr, 'Allow?  y once  n no  q quit');
  match(said.stdout, 'Allowed: edit\n');
  equal([(await rowOf('three')).waitingFor, (await rowOf('four')).waitingFor], ['approval', null]);
  const denied = await say('deny', '--status', 'running', '--repo', 'greetings', '--json');
  is(denied.code, 0, denied.stderr);
  equal(denied.json(), { done: await idsOf(['asks', 'three']), refused: [] });
  await until('all ended', async () => (await rows()).every(({ status }) => status === 'Completed'));
});

test('what some refuse is said by session, with exit code 4, and stops no other', async () => {
  const refused = await say('interrupt', 'one', 'two', '--json');
  is(refused.code, 4);
  equal(
    (refused.json().refused as readonly { id: string; code: string }[]).map(({ id, code }) => [id, code]).sort(),
    (await idsOf(['one', 'two'])).map((id) => [id, 'session.not_running']),
  );
  match((await say('interrupt', 'one', 'two')).stderr, /^(one|two): throughline: .*\n(one|two): throughline: /);
  is((await say('interrupt')).code, 2);
  equal((await say('interrupt', '--agent', 'nobody', '--json')).json(), { done: [], refused: [] });
});

test('[law 9] what is archived is out of the list and nothing else, until it works again', async () => {
  const namesOf = async (...words: readonly string[]): Promise<readonly string[]> =>
    ((await say('list', '--json', ...words)).json() as unknown as DashboardSnapshot).rows.map(({ name }) => name);
  is((await say('archive')).code, 2);
  const [one, two] = await idsOf(['one', 'two']);
  const put = await say('archive', 'two', 'one', 'nowhere', '--json');
  is(put.code, 4);
  equal([...(put.json().done as readonly string[])].sort(), [one, two].sort());
  equal(put.json().refused, [{ id: 'nowhere', code: 'session.not_found', message: 'no session is called "nowhere"' }]);
  equal([...(await namesOf())].sort(), ['asks', 'four', 'three']);
  equal([...(await namesOf('--archived'))].sort(), ['one', 'two']);
  match((await say('history', 'one')).stdout, /Ask/);
  match((await say('history', 'one', '--run', '0')).stdout, /archived/);
  // Its next run is something to see.
  is((await say('prompt', 'one', 'Once more')).code, 0);
  await until('it waits', async () => (await rowOf('one')).waitingFor !== null);
  equal(await namesOf('--archived'), ['two']);
  const busy = await say('archive', 'one', '--json');
  is(busy.code, 4, busy.stdout);
  match(busy.stderr + busy.stdout, 'session.busy');
  equal((await say('unarchive', '--archived', '--json')).json(), { done: [two], refused: [] });
  is((await say('deny', 'one')).code, 0);
  await until('it has ended', async () => (await rowOf('one')).activeRunId === null);
  equal((await say('verify', '--json')).json().ok, true);
});

test('several are removed when a person has said so, or a script', async () => {
  const nobody = await say('remove', 'one', 'two');
  is(nobody.code, 2);
  match(nobody.stderr, '--yes');
  const no = await atTerminal({ typed: ['y', 'n'] }, 'remove', 'one', 'two');
  match(no.stdout, 'Nothing was removed.');
  is((await rows()).length, 5);
  equal((await say('remove', '--older', '1h', '--yes', '--json')).json(), { done: [], refused: [] });
  is((await say('remove', '--older', 'long')).code, 2);
  const ids = await idsOf(['two', 'one']);
  equal((await atTerminal({ typed: ['', 'y'] }, 'remove', 'one', 'two')).code, 0);
  not((await rows()).some(({ id }) => ids.includes(id)));
  is((await say('remove', '--status', 'completed', '--yes')).code, 0);
  equal(await rows(), []);
});

test('all that were at work when the runtime was killed go on, in the order of the list', async () => {
  for (const name of ['one', 'two']) await begin(name, 'patch');
  await allWait();
  const { pid } = JSON.parse(readFileSync(join(cli.data, 'runtime.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  is((await cli.run('serve', '--background')).code, 0);
  equal(
    (await rows()).map(({ status, live, waitingFor }) => [status, live, waitingFor]),
    [
      ['Running', false, null],
      ['Running', false, null],
    ],
  );
  match((await say('list')).stdout, /^two +○ Running {2}was waiting for approval/m);
  const resumed = await say('resume', '--all', '--json');
  is(resumed.code, 0, resumed.stderr);
  equal(resumed.json(), { done: await idsOf(['two', 'one']), refused: [] });
  await allWait();
  equal(
    (await rows()).map(({ live, runCount }) => [live, runCount]),
    [
      [true, 2],
      [true, 2],
    ],
  );
  equal((await say('resume', '--all', '--json')).json(), { done: [], refused: [] });
  is((await say('resume', '--all', 'one', '--json')).code, 4);
});

test.run();
