import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, not, ok } from 'uvu/assert';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { bundle, type Throughline, throughline } from './support/throughline.ts';

const test = suite('the command line, end to end');

const repository = join(temporaryFolder('repository'), 'greetings');
makeSampleRepository(repository);

type Row = { id: string; name: string; status: string; restored: boolean; recoveryHint: string | null };

const rowsOf = async (cli: Throughline): Promise<readonly (Row & Record<string, unknown>)[]> => {
  const [snapshot] = (await cli.run('list', '--json')).json();
  return (snapshot?.rows ?? []) as (Row & Record<string, unknown>)[];
};

const runtimePid = (cli: Throughline): number => {
  const owner = JSON.parse(readFileSync(join(cli.data, 'runtime.json'), 'utf8')) as { pid: number };
  return owner.pid;
};

const run = (name: string, script: string, ...more: readonly string[]): readonly string[] => {
  const where = ['--repo', repository, '--agent', `rehearsal:${script}`];
  return ['run', `Work on ${name}`, '--name', name, ...where, ...more];
};

test('run starts a runtime, --wait streams JSON lines to an outcome, and reading works after it has stopped', async () => {
  const cli = throughline(bundle);
  const waited = await cli.run(...run('quick', 'quick', '--wait', '--json'));
  is(waited.code, 0, waited.stderr);
  const lines = waited.json();
  const outcome = lines.at(-1);
  equal(
    { ...outcome, id: '' },
    {
      type: 'outcome',
      id: '',
      status: 'Completed',
      failureReason: null,
      failureKind: null,
      stopReason: 'end_turn',
    },
  );
  const streamed = lines.slice(0, -1);
  ok(
    streamed.some(({ type }) => type === 'prompt'),
    'the stream begins before the run',
  );
  equal(
    streamed.map(({ position }) => position),
    [...streamed].sort((left, right) => Number(left.position) - Number(right.position)).map(({ position }) => position),
  );

  is((await cli.run('stop')).code, 0);
  const [row] = await rowsOf(cli);
  is(row?.id, outcome?.id);
  is(row?.status, 'Completed');
  const history = (await cli.run('history', 'quick', '--json')).json();
  const places = history.map((event) => [event.run, event.seq]);
  equal(
    places,
    [...places].sort(([run1, seq1], [run2, seq2]) => Number(run1) - Number(run2) || Number(seq1) - Number(seq2)),
  );
  for (const event of streamed) {
    const stored = history.find(({ position }) => position === event.position);
    equal(stored, event);
  }
  const shown = await cli.run('show', 'quick');
  match(shown.stdout, /^quick\n/);
  match(shown.stdout, 'run 1');
  match((await cli.run('history', 'quick', '--run', '1')).stdout, '❯ Work on quick');
  const onlyPrompts = (await cli.run('history', 'quick', '--json', '--type', 'prompt')).json();
  equal(
    onlyPrompts.map(({ type }) => type),
    ['prompt'],
  );
  const [report] = (await cli.run('verify', '--json')).json();
  is(report?.ok, true);
  is(report?.events, history.length);
});

test('two commands that start a runtime at the same moment end up with one', async () => {
  const cli = throughline(bundle);
  const both = await Promise.all([
    cli.run(...run('one', 'quick', '--no-worktree', '--json')),
    cli.run(...run('two', 'quick', '--no-worktree', '--json')),
  ]);
  for (const { code, stderr } of both) is(code, 0, stderr);
  equal((await rowsOf(cli)).map(({ name }) => name).sort(), ['one', 'two']);
  const served = await cli.run('serve', '--background', '--json');
  is(served.json()[0]?.pid, runtimePid(cli));
  const second = await cli.run('serve');
  is(second.code, 4);
  match(second.stderr, /^throughline: a runtime already serves [^\n]+\n$/);
});

test('[law 18] what is allowed is shown whole before it is, and is what was shown', async () => {
  const cli = throughline(bundle);
  const command = `printf begin\n${Array.from({ length: 300 }, (_, line) => `: line ${line} of many`).join('\n')}\n: the last line`;
  const script = join(temporaryFolder('script'), 'long.json');
  writeFileSync(
    script,
    JSON.stringify({
      name: 'long',
      description: 'asks for a long command, twice',
      turns: [
        {
          steps: [
            { do: 'run', command, approval: true },
            { do: 'run', command: 'true', approval: true },
          ],
        },
      ],
    }),
  );
  const started = await cli.run(...run('long', script));
  is(started.code, 0, started.stderr);
  const waiting = async () => (await rowsOf(cli))[0]?.approvalIds as readonly string[] | undefined;
  const first = await until('it asks', async () => (await waiting())?.[0]);
  match((await cli.run('list')).stdout, `? approval ${first.slice(0, 13)}`);
  const whole = command.split('\n').map((line) => `${line}\n`);
  const isWhole = (text: string): void => {
    for (const line of whole) ok(text.includes(line), `${line} is not there`);
  };
  isWhole((await cli.run('show', 'long')).stdout);
  isWhole((await cli.run('history', 'long')).stdout);
  match((await cli.run('history', 'long')).stdout, `id ${first}`);
  const [detail] = (await cli.run('show', 'long', '--json')).json();
  match(JSON.stringify(detail?.approvals), 'the last line');

  const allowed = await cli.run('approve', 'long', first.slice(0, 13));
  is(allowed.code, 0, allowed.stderr);
  isWhole(allowed.stdout);
  ok(allowed.stdout.indexOf('the last line') < allowed.stdout.indexOf('Allowed: '), 'it is shown before');
  const second = await until('it asks again', async () => (await waiting())?.find((id) => id !== first));
  const late = await cli.run('approve', 'long', first);
  is(late.code, 3, 'the first waits no more, and the second is not taken for it');
  match(late.stderr, `it waits for: ${second.slice(0, 13)}`);
  const denied = await cli.run('deny', 'long', '--json');
  is(denied.json()[0]?.approvalId, second);
  match(denied.stderr, '? approval  true');
});

test('an approval is answered by name, and what is left is refused or not found with its exit code', async () => {
  const cli = throughline(bundle);
  const waiting = cli.start(...run('asks', 'approval', '--wait'));
  const pending = async (): Promise<number> => Number((await rowsOf(cli))[0]?.pendingApprovals ?? 0);
  await until('the first approval is asked for', async () => (await pending()) === 1);
  match((await cli.run('list')).stdout, 'waits for approval');
  match((await cli.run('show', 'asks')).stdout, '? approval');
  is((await cli.run('remove', 'asks')).code, 4);
  is((await cli.run('prompt', '--no-queue', 'asks', 'more')).code, 4);
  is((await cli.run('approve', 'asks', 'ffffffff-ffff')).code, 3);
  is((await cli.run('approve', 'asks', '--option', 'nonsense')).code, 2);
  let answered = 0;
  for (const answer of ['approve', 'deny', 'approve']) {
    await until(`approval ${answered + 1} is asked for`, async () => (await pending()) === 1);
    const { code, stderr } = await cli.run(answer, 'asks');
    is(code, 0, stderr);
    answered += 1;
    await until('it is resolved', async () => {
      const resolved = (await cli.run('history', 'asks', '--json', '--type', 'approval_resolved')).json();
      return resolved.length === answered;
    });
  }
  const ended = await waiting.ended;
  is(ended.code, 0, ended.stderr);
  match(ended.stdout, '? approval');
  match(ended.stdout, 'throughline approve ');
  match(ended.stdout, /✓ Completed in [^\n]+\n(?:[^\n]*file[^\n]* changed: [^\n]+\n)?$/);
  is((await cli.run('approve', 'asks')).code, 4);
  is((await cli.run('interrupt', 'asks')).code, 4);

  is((await cli.run('rename', 'asks', 'answered')).code, 0);
  is((await cli.run('show', 'asks')).code, 3);
  const again = await cli.withInput('Once more', 'prompt', 'answered');
  is(again.code, 0, again.stderr);
  is((await cli.run('interrupt', 'answered')).code, 0);
});

test('an interrupted run ends with 1, and Ctrl-C only stops the watching', async () => {
  const cli = throughline(bundle);
  const watching = cli.start(...run('long', 'slow', '--wait', '--json'));
  await until('it speaks', () => watching.stdout().includes('"type":"message"'));
  watching.child.kill('SIGINT');
  const detached = await watching.ended;
  is(detached.code, 130);
  match(detached.stderr, 'The session goes on');
  is((await rowsOf(cli))[0]?.status, 'Running');

  const following = cli.start('history', 'long', '--follow', '--json');
  await until('it follows', () => following.stdout().includes('"type":"message"'));
  is((await cli.run('interrupt', 'long')).code, 0);
  // What it left is kept after its end.
  await until('the end was followed', () => following.stdout().includes('"reason":"run_end"'));
  following.child.kill('SIGINT');
  is((await following.ended).code, 0);
  const lines = (await following.ended).json();
  // Followed as it happens, read run by run.
  const inOrder = (events: typeof lines) =>
    [...events].sort((one, other) => Number(one.position) - Number(other.position));
  equal(inOrder(lines), inOrder((await cli.run('history', 'long', '--json')).json()));

  const second = cli.start('resume', 'long', 'Go on', '--wait', '--json');
  await until('the second run speaks', () => second.stdout().includes('"type":"message"'));
  is((await cli.run('interrupt', 'long')).code, 0);
  const ended = await second.ended;
  is(ended.code, 1);
  is(ended.json().at(-1)?.status, 'Interrupted');
});

test('a session that was at work when the runtime was killed is shown restored, and waiting for it ends with 5', async () => {
  const cli = throughline(bundle);
  const waiting = cli.start(...run('long', 'slow', '--wait'));
  await until('it speaks', async () => (await cli.run('history', 'long')).stdout.includes('water'));
  process.kill(runtimePid(cli), 'SIGKILL');
  // At once: who waits gives a runtime that is gone up after some seconds.
  is((await cli.run('serve', '--background')).code, 0);
  const ended = await waiting.ended;
  is(ended.code, 5);
  match(ended.stderr, /restored/);
  is((await rowsOf(cli))[0]?.restored, true);

  process.kill(runtimePid(cli), 'SIGKILL');
  const [dead] = await until('the reader sees the crash', async () => {
    const rows = await rowsOf(cli);
    return rows[0]?.restored === true && rows;
  });
  is(dead?.status, 'Running');
  ok(dead?.recoveryHint);
  match((await cli.run('list')).stdout, /○ Running {2}was /);
  is((await cli.run('history', 'long', '--follow')).code, 5);
  const removed = await cli.run('remove', 'long', '--force');
  is(removed.code, 0, removed.stderr);
  equal(await rowsOf(cli), []);
});

test('refusals of the repository and the agent have their exit codes and start no session', async () => {
  const cli = throughline(bundle);
  const nowhere = await cli.run('run', 'x', '--repo', join(repository, 'nowhere'), '--agent', 'rehearsal');
  is(nowhere.code, 3, nowhere.stderr);
  is((await cli.run('run', 'x', '--repo', temporaryFolder('plain'), '--agent', 'rehearsal')).code, 4);
  is((await cli.run('run', 'x', '--repo', repository, '--agent', 'nobody')).code, 3);
  equal(await rowsOf(cli), []);
  for (const words of [['stop'], ['stop']]) is((await cli.run(...words)).code, 0);
  not.ok(existsSync(join(cli.data, 'runtime.json')));
});

test('a reader that goes away ends the output quietly', async () => {
  const cli = throughline(bundle);
  is((await cli.run(...run('quick', 'quick', '--wait'))).code, 0);
  const history = cli.start('history', 'quick', '--json');
  history.child.stdout?.destroy();
  const { code, stderr } = await history.ended;
  is(code, 0);
  is(stderr, '');
});

test.run();
