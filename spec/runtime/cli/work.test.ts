/** The commands from a finished run onwards, over one runtime: what they say, in words and JSON, and what they refuse. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { standInForGh } from '../../support/gh-stand-in.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { commitAll, git, write } from '../git/git-world.ts';
import { inProcess, type Said } from './support/in-process.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('what becomes of work, on the command line', { timeLimitMs: 120_000 });

const folder = temporaryFolder('work-cli');
const repository = join(folder, 'greetings');
const bare = join(folder, 'origin.git');
const gitHub = standInForGh({ 'github.com/ada/shop': { pulls: [] } });
const cli = throughline(bundle, join(folder, 'data'));
let worktree = '';

/** At a terminal of 100 columns; whatever is said fits, at 60 and 120 as well where it only asks. */
const say = (...words: readonly string[]): Promise<Said> => inProcess(100, ...words);

/** What is to be copied stays on one line, however long a path in it is. */
const isNoCommand = (line: string): boolean => !line.includes('  throughline ');

const fits = async (...words: readonly string[]): Promise<Said> => {
  for (const columns of [60, 120])
    equal((await inProcess(columns, ...words)).tooWide.filter(isNoCommand), [], `${words.join(' ')} at ${columns}`);
  return say(...words);
};

/** Refused with this exit code, by one line of a person's words. */
const refuses = async (code: number, ...words: readonly string[]): Promise<string> => {
  const refused = await say(...words);
  is(refused.code, code, `${words.join(' ')}: ${refused.stdout}${refused.stderr}`);
  match(refused.stderr, /^throughline: [^\n]+\n$/);
  ok(!/openapi|the body|the query/.test(refused.stderr), refused.stderr);
  return refused.stderr;
};

test.before(async () => {
  makeSampleRepository(repository);
  const checks = { tests: 'echo fine', lint: { command: "printf 'one\\ntwo\\n'; exit 3", when: ['asked'] } };
  write(repository, '.throughline/config.json', JSON.stringify({ checks }, null, 2));
  write(repository, 'list.txt', 'old\n');
  commitAll(repository, 'What the repository needs');
  git(repository, 'init', '--quiet', '--bare', bare);
  git(repository, 'remote', 'add', 'origin', 'https://github.com/ada/shop.git');
  mkdirSync(folder, { recursive: true });
  write(folder, 'gitconfig', `[url "${bare}"]\n\tinsteadOf = https://github.com/ada/shop.git\n`);
  process.env.GIT_CONFIG_GLOBAL = join(folder, 'gitconfig');
  process.env.THROUGHLINE_DATA = cli.data;
  const script = join(folder, 'script.json');
  const edit = (text: string) => ({ steps: [{ do: 'edit', path: 'list.txt', append: text }] });
  writeFileSync(script, JSON.stringify({ name: 'work', turns: [edit('one\n'), edit('fault\n'), edit('three\n')] }));
  const agent = ['--repo', repository, '--agent', `rehearsal:${script}`, '--approve', 'allow', '--wait'];
  const begun = await cli.run('run', 'Write one.', '--name', 'lister', ...agent);
  is(begun.code, 0, begun.stderr);
  for (const prompt of ['Write the fault.', 'Write three.']) {
    await until('the run is kept', async () => (await taken()) % 2 === 0);
    is((await say('prompt', 'lister', prompt, '--wait')).code, 0);
  }
  await until('all runs are kept', async () => (await taken()) === 6);
  worktree = git(repository, 'worktree', 'list', '--porcelain').match(/worktree (.*worktrees.*)/)?.[1] ?? '';
});
test.after(async () => {
  await say('stop');
});

const taken = async (): Promise<number> =>
  (await say('history', 'lister', '--type', 'snapshot_taken', '--json')).stdout.trim().split('\n').length;

test('setup: shown, agreed to at a word, refused where nobody can be asked', async () => {
  const shown = await fits('setup', '--repo', repository);
  match(shown.stdout, 'Nothing of it runs before you agree to it.');
  match(shown.stdout, `setup agree --repo ${repository}`);
  match(await refuses(2, 'setup', 'agree', '--repo', repository), `setup agree --repo ${repository} --yes`);
  match(await refuses(2, 'setup', 'admire', '--repo', repository), 'show, agree, refuse, forget');
  is((await say('check', 'lister')).code, 4);
  const agreed = await say('setup', 'agree', '--repo', repository, '--yes');
  equal([agreed.code, agreed.stdout.includes('Agree to it:')], [0, false], 'nobody is told to do what is being done');
  is((await say('setup', 'agree', '--repo', repository, '--yes', '--json')).code, 0);
  is((await say('setup', '--repo', repository, '--json')).json().standing, 'agreed');
});

test('check: what passed and failed, its end by the exit code, the failure to the agent', async () => {
  const all = await say('check', 'lister');
  is(all.code, 1);
  match(all.stdout, /✓ passed {2}tests/);
  match(all.stdout, /✗ failed \(3\) {2}lint/);
  match(all.stdout, '1 of 2 passed.');
  const one = await say('check', 'lister', 'tests', '--json');
  is(one.code, 0);
  equal([one.json().ok, (one.json().checks as unknown[]).length], [true, 1]);
  match((await fits('check', 'lister', '--list')).stdout, /✗ failed \(3\) +lint +when asked +printf/);
  match((await say('check', 'lister', 'lint', '--show')).stdout, 'one\ntwo\n');
  match(await refuses(3, 'check', 'lister', 'none'), 'none');
  await refuses(2, 'check', 'lister', '--list', '--show');
  await refuses(3, 'check', 'lister', 'tests', '--send');
});

test('blame: a table, the way of a line, JSON, and no such line', async () => {
  const file = join(worktree, 'list.txt');
  const table = await fits('blame', file);
  match(table.stdout, /LINES +WHO +WHEN +WHY +EVENT\n/);
  match(table.stdout, /\n +2 +lister +\S.+ Write one\. +\d+\n/);
  match(table.stdout, '4 lines: 3 by 1 session, 1 of no session.');
  const line = await fits('blame', `${file}:3`);
  match(line.stdout, /list\.txt:3 {2}fault\nlister, /);
  match(line.stdout, /● run 2 .* Write the fault\./);
  match(line.stdout, 'not committed');
  const [block] = (await say('blame', `${file}:2`, '--json')).json().blocks as { run: number }[];
  is(block?.run, 1);
  await refuses(3, 'blame', `${file}:9`);
  await refuses(3, 'blame', join(worktree, 'gone'));
});

test('bisect: the first turn that fails, with its try lines; nothing to tell ends with 1', async () => {
  const found = await say('bisect', 'lister', '--', 'grep', '-vq', 'fault', 'list.txt', '&&', 'true');
  is(found.code, 0, found.stderr);
  const search = await say('bisect', 'lister', '--', '! grep -q fault list.txt');
  is(search.code, 0, search.stderr);
  match(search.stdout, /✗ First fails in S4, end of run 2: by run 2, event \d+\./);
  match(search.stdout, /\n {2}✗ S4 {2}end of run 2/);
  equal(search.tooWide, []);
  match(search.stdout, /fails +\d+ m?s {2}exit 1\n/, 'no colon where nothing was said');
  const narrow = await inProcess(60, 'bisect', 'lister', '--', 'exit 125');
  is(narrow.code, 1);
  equal(narrow.tooWide, []);
  const told = await say('bisect', 'lister', '--json', '--', 'true');
  equal([told.code, (told.json().ended as { outcome: string }).outcome], [0, 'never_fails']);
  await refuses(2, 'bisect', 'lister');
});

test('push: what the remote has, what is not committed, and where it does not go', async () => {
  const first = await fits('push', 'lister');
  match(first.stdout, /^✓ throughline\/lister-\w+ has it already: origin has [0-9a-f]{7}\n▲ 1 file not committed/);
  match(first.stdout, 'A pull request:  throughline pr ');
  git(worktree, 'commit', '--quiet', '--all', '--message', 'A list');
  const moved = await say('push', 'lister', '--json');
  equal([moved.json().outcome, moved.json().uncommitted], ['moved', 0]);
  await refuses(3, 'push', 'lister', '--remote', 'nowhere');
  match(await refuses(2, 'push', 'lister', '--remote', ''), 'what was given for --remote is wrong');
  await refuses(4, 'push', 'lister', '--landed');
  git(repository, 'remote', 'add', 'evil', 'ext::sh -c touch% x');
  await refuses(4, 'push', 'lister', '--remote', 'evil');
});

test('pr: drafted, made, how it stands, and what is said of it to the agent', async () => {
  match(
    (await fits('pr', 'lister', '--dry-run')).stdout,
    /into main of github\.com\/ada\/shop\. Nothing is made\.\n\nA list\n/,
  );
  match((await fits('pr', 'lister', '--status')).stdout, 'There is no pull request of its branch yet.');
  match((await fits('pr', 'lister')).stdout, '#7  open  A list\nhttps://github.com/ada/shop/pull/7\n');
  await refuses(3, 'pr', 'lister', '--send');
  gitHub.change(({ repositories }) =>
    Object.assign(repositories['github.com/ada/shop']?.pulls[0] ?? {}, {
      reviews: [
        { id: 'R1', author: { login: 'grace' }, state: 'COMMENTED', body: 'Nearly \u001b[2J there. '.repeat(20) },
      ],
    }),
  );
  const status = await fits('pr', 'lister', '--status');
  match(status.stdout, /\n {2}▲ grace {2}Nearly there/);
  ok(!status.stdout.includes('\u001b'));
  is(((await say('pr', 'lister', '--status', '--json')).json().feedback as unknown[]).length, 1);
  match(await refuses(2, 'pr', 'lister', '--title', ''), 'what was given for --title is wrong');
  await refuses(2, 'pr', 'lister', '--send', '--draft');
  match((await say('pr', 'lister', '--send')).stdout, '✓ 1 thing said of it sent as run 4.');
});

test('the others fit their terminal, too', async () => {
  await until('the run has ended', async () => (await taken()) === 8);
  await fits('list');
  await fits('diff', 'lister', '--stat');
  await fits('comment', 'lister');
  await fits('undo', 'lister', '--run', '3', '--dry-run');
  await fits('land', 'lister', '--dry-run');
  await fits('commit', 'lister', '--dry-run');
  match((await say('comment', 'lister', 'list.txt:2', 'Why?')).stdout, /\nSend what is open: {2}throughline comment /);
  equal((await inProcess(60, 'comment', 'lister', 'list.txt:3', 'And why this, of all lines?')).tooWide, []);
  equal((await inProcess(60, 'undo', 'lister', '--run', '3', '--yes')).tooWide, []);
  await fits('comment', 'lister');
  await fits('discarded');
});

test.run();
