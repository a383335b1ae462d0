import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { is, match, not } from 'uvu/assert';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { bundle, type Throughline, throughline } from './support/throughline.ts';

const test = suite('answers on the command line');

const repository = join(temporaryFolder('repository'), 'greetings');
makeSampleRepository(repository);
const agent = fileURLToPath(new URL('support/asking-agent.mjs', import.meta.url));

/** A session whose agent asks, and what `show` says when it has. */
const asking = async (cli: Throughline, variant: string, ...more: readonly string[]): Promise<string> => {
  const where = ['--repo', repository, '--no-worktree', '--agent', `acp:node ${agent} ${variant}`];
  const started = await cli.run('run', 'Ask', '--name', variant, ...where, ...more);
  is(started.code, 0, started.stderr);
  await until(`${variant} is asked`, async () => {
    const [detail] = (await cli.run('show', variant, '--json')).json();
    return (detail?.approvals as readonly unknown[] | undefined)?.length === 1;
  });
  return (await cli.run('show', variant)).stdout;
};

const told = async (cli: Throughline, variant: string): Promise<string> =>
  until('the agent has its answer', async () => {
    const { stdout } = await cli.run('history', variant);
    return stdout.includes('Completed in') && stdout;
  });

test('[law 18] what holds for always, or is of no kind, is allowed by its name alone', async () => {
  const cli = throughline(bundle);
  for (const [variant, said] of [
    ['always', 'Allowed for always: Run a'],
    ['nokind', 'Allowed: Run a'],
  ] as const) {
    const shown = await asking(cli, variant);
    const command = /throughline approve \S+ \S+ --option yes/.exec(shown)?.[0];
    match(command ?? '', 'approve', shown);
    const refused = await cli.run('approve', variant);
    is(refused.code, 2);
    match(refused.stderr, /no single way to allow this once.*--option yes/);
    const allowed = await cli.run(...(command ?? '').split(' ').slice(1));
    is(allowed.code, 0, allowed.stderr);
    match(allowed.stdout, said);
    match(await told(cli, variant), '"optionId":"yes"');
  }
  match(await told(cli, 'always'), '✓ allowed for always by you');
});

test('[law 18] a request that says nothing is marked, and one without any option is answered by a no', async () => {
  const cli = throughline(bundle);
  match(await asking(cli, 'nothing'), '? approval  the agent did not say what it wants to do\n');
  match((await cli.run('deny', 'nothing')).stdout, 'the agent did not say what it wants to do');
  await told(cli, 'nothing');
  await asking(cli, 'empty');
  match((await cli.run('approve', 'empty')).stderr, 'offers no option that allows this');
  is((await cli.run('deny', 'empty')).code, 0);
  match(await told(cli, 'empty'), '"outcome":"cancelled"');
  await asking(cli, 'patch');
  const denied = await cli.run('deny', 'patch');
  match(denied.stdout, '    --- a.txt\n    +++ a.txt\n    @@ -1 +1 @@\n    -one\n    +two\n');
});

test('[law 18] no policy answers a question: --wait shows it and how to answer it', async () => {
  const cli = throughline(bundle);
  const where = ['--repo', repository, '--no-worktree', '--agent', `acp:node ${agent} question`];
  const waiting = cli.start('run', 'Ask', '--name', 'question', ...where, '--approve', 'allow', '--wait');
  const command = await until(
    'it is asked',
    () => /throughline answer [^\n]+ {2}\(Postgres\)/.exec(waiting.stdout())?.[0],
  );
  match(waiting.stdout(), '? question  Which database?');
  match((await cli.run('list')).stdout, 'waits for approval');
  const refused = await cli.run('approve', 'question');
  is(refused.code, 2);
  match(refused.stderr, 'this is a question');
  is((await cli.run('answer', 'question')).code, 2);
  const answered = await cli.run(
    ...command
      .replace(/ {2}\(.*/, '')
      .split(' ')
      .slice(1),
  );
  is(answered.code, 0, answered.stderr);
  match(answered.stdout, 'Answered: Which database?');
  const ended = await waiting.ended;
  is(ended.code, 0);
  match(ended.stdout, '✓ answered Postgres by you');
  match(ended.stdout, '"optionId":"q0_opt_1"');
});

test('[law 18] a form is filled in by its fields, a page is shown with its host, both can be declined', async () => {
  const cli = throughline(bundle);
  const shown = await asking(cli, 'form', '--approve', 'deny');
  match(shown, 'db  one of these, needed');
  match(shown, '--field db=VALUE');
  for (const [fields, words] of [
    [[], '“db” is needed'],
    [['--field', 'db=mysql'], '“db” is one of its choices (they are: pg, sqlite)'],
    [['--field', 'db=pg', '--field', 'port=many'], '“port” is a number'],
    [['--field', 'db=pg', '--field', '__proto__=x'], '“__proto__” is no field of this form'],
    [['--field', 'db'], 'NAME=VALUE'],
  ] as const) {
    const refused = await cli.run('answer', 'form', ...fields);
    is(refused.code, 2);
    match(refused.stderr, words);
  }
  const filled = await cli.run('answer', 'form', '--field', 'db=sqlite', '--field', 'port=5432');
  is(filled.code, 0, filled.stderr);
  const history = await told(cli, 'form');
  match(history, 'ANSWER {"action":"accept","content":{"db":"sqlite","port":5432}}');
  match(history, '✓ answered db: sqlite port: 5432 by you');

  const page = await asking(cli, 'page');
  match(page, 'https://good.example@evil.example/x\n');
  match(page, 'the page is of evil.example\n');
  match((await cli.run('answer', 'page', '--decline')).stdout, 'Declined: Log in');
  const declined = await told(cli, 'page');
  match(declined, 'ANSWER {"action":"decline"}');
  not.match(declined, 'accept');
});

test.run();
