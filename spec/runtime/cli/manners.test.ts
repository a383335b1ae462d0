/** The manners of the command line over one runtime: what it advises works, what it reads can be narrowed. */
import { equal, is, match, not, ok } from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { inProcess, type Said } from './support/in-process.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('the command line’s manners', { timeLimitMs: 120_000 });
const cli = throughline(bundle);
const work = temporaryFolder('manners');

const say = (...words: readonly string[]): Promise<Said> => inProcess(100, ...words);

test.before(async () => {
  process.env.THROUGHLINE_DATA = cli.data;
  is((await cli.run('serve', '--background')).code, 0);
  const begun = ['--repo', work, '--no-worktree', '--agent', 'rehearsal', '--approve', 'allow', '--wait'];
  for (const name of ['first', 'second']) is((await say('run', 'Begin', '--name', name, ...begun)).code, 0);
});
test.after(async () => {
  await say('stop');
});

test('the id that list shows means its session, from either end', async () => {
  const table = (await say('list')).stdout;
  const { rows } = (await say('list', '--json')).json() as { rows: readonly { id: string; name: string }[] };
  for (const { id, name } of rows) {
    const short = new RegExp(`^${name} .* (\\S+)$`, 'm').exec(table)?.[1] ?? '';
    ok(id.endsWith(short), `${id} ends with ${short}`);
    for (const given of [short, id.slice(0, -1)]) is((await say('show', given, '--json')).json().id, id);
  }
});

test('a session that has ended says with which words it is resumed', async () => {
  const refused = await say('resume', 'first');
  is(refused.code, 4);
  match(refused.stderr, "say what to do next: throughline resume first 'WHAT TO DO NEXT'");
});

test('what is wrong is the option that was typed, or the argument', async () => {
  match((await say('rename', 'first', 'x'.repeat(500))).stderr, 'what was given for the name is wrong');
  match((await say('history', 'first', '--type', 'mesage')).stderr, /no such type of events.*history --help/);
  match((await say('history', 'first', '--since', 'then')).stderr, /--since.*10m/);
});

test('history lists its types, is narrowed to the last ones, and does not follow what has ended', async () => {
  match((await say('history', '--help')).stdout, /Types of events:[\s\S]*tool_call/);
  const all = (await say('history', 'first', '--json')).stdout.trim().split('\n');
  const last = (await say('history', 'first', '--json', '--tail', '3', '--follow')).stdout.trim().split('\n');
  equal(last, all.slice(-3));
  is((await say('history', 'first', '--since', '2099-01-01', '--json')).stdout, '');
  const timed = (await say('history', 'first', '--times', '--type', 'prompt')).stdout;
  match(timed, /^\d\d:\d\d:\d\d ❯ Begin$/m);
  not.match((await say('history', 'first')).stdout, /^\d\d:\d\d/m);
});

test.run();
