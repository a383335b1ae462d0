import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, not } from 'uvu/assert';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('the review on the command line');

test('from a run to its diff, comments, the next prompt and what it answered', async () => {
  const folder = temporaryFolder('review-cli');
  const repository = join(folder, 'greetings');
  makeSampleRepository(repository);
  const script = join(folder, 'script.json');
  const turns = [
    {
      steps: [
        { do: 'edit', path: 'src/greet.js', text: "export const greet = (name) => 'Hi, ' + name + '!';\n" },
        { do: 'run', command: "mkdir -p 'a b'; printf 'one\\ntwo\\n' > 'a b/new file.txt'; chmod +x package.json" },
      ],
    },
    {
      steps: [
        { do: 'edit', path: 'src/greet.js', text: "export const greet = (name) => ['Hello', name].join(', ');\n" },
      ],
    },
  ];
  writeFileSync(script, JSON.stringify({ name: 'review', turns }));
  const cli = throughline(bundle);
  const agent = ['--repo', repository, '--agent', `rehearsal:${script}`, '--approve', 'allow', '--wait'];
  await cli.run('run', 'Change it', '--name', 'greet', ...agent);
  const hasEnded = (runs: number) =>
    until(`run ${runs} has its snapshot`, async () => {
      const { stdout } = await cli.run('history', 'greet', '--type', 'snapshot_taken', '--json');
      return stdout.split('\n').filter((line) => line.includes('run_end')).length >= runs;
    });
  await hasEnded(1);

  const stat = await cli.run('diff', 'greet', '--stat');
  match(stat.stdout, /^greet {2}run 1, \d\d:\d\d to \d\d:\d\d {2}throughline\/greet-/);
  match(stat.stdout, /\n○ {2}package\.json +mode 644 → 755 +·\n○ {2}a b\/new file\.txt +added +\+2\n/);
  match(stat.stdout, /\n○ {2}src\/greet\.js +changed +\+1 −1\n/);
  match(stat.stdout, /\n3 files {2}\+3 −1\n/);
  // In a pipe it is a patch that git takes.
  const patch = await cli.run('diff', 'greet');
  execFileSync('git', ['apply', '--check', '-'], { cwd: repository, input: patch.stdout });
  const one = await cli.run('diff', 'greet', 'a b', '--json');
  equal(
    JSON.parse(one.stdout).files.map(({ path }: { path: string }) => path),
    ['a b/new file.txt'],
  );
  is((await cli.run('diff', 'greet', 'none')).code, 3);
  is((await cli.run('diff', 'greet', '--run', '7')).code, 3);
  is((await cli.run('diff', 'greet', '--against', 'nowhere')).code, 3);
  is((await cli.run('diff', 'greet', '--run', '1', '--since-viewed')).code, 2);
  is((await cli.run('diff', 'greet', '--between', '1;2')).code, 2);
  match((await cli.run('diff', 'greet', '--between', 'S1..S2', '--stat', '--looked')).stdout, 'S1 to S2');
  match((await cli.run('diff', 'greet', '--since-viewed', '--stat')).stdout, 'Nothing changed.');

  is((await cli.run('comment', 'greet', 'src/greet.js', 'no line')).code, 2);
  is((await cli.run('comment', 'greet', 'src/greet.js:9', 'no such line')).code, 3);
  const written = await cli.run('comment', 'greet', './src/greet.js:1', 'Keep the Hello', '--json');
  const { commentId } = JSON.parse(written.stdout);
  const other = JSON.parse((await cli.run('comment', 'greet', 'a b/new file.txt:1-2', 'Fine', '--json')).stdout);
  match((await cli.run('comment', 'greet')).stdout, /○ src\/greet\.js:1\n {2}Keep the Hello\n {2}open, not sent yet/);
  match((await cli.run('comment', 'greet', '--prompt')).stdout, /\n1\. `a b\/new file\.txt`, lines 1 to 2:\n/);
  await cli.run('comment', 'greet', '--remove', other.commentId);
  const sent = await cli.run('comment', 'greet', '--send', '--words', 'Please.', '--json');
  equal(JSON.parse(sent.stdout).run, 2);
  await hasEnded(2);
  match((await cli.run('comment', 'greet')).stdout, /✓ src\/greet\.js:1, changed since\n[^\n]+\n {2}answered in run 2/);
  match((await cli.run('diff', 'greet', '--stat')).stdout, '1 answered');
  match((await cli.run('comment', 'greet', '--resolve', commentId.slice(0, 13))).stdout, 'Resolved: Keep the Hello');
  match((await cli.run('comment', 'greet')).stdout, 'No comments but 1 that are resolved.');
  is((await cli.run('comment', 'greet', '--send')).code, 2);
  const shown = await cli.run('review', 'greet', '--print');
  match(shown.stdout, /\/open\/[\w-]+#\/session\/[\w-]+\/review\n/);
  not.match(shown.stderr, 'throughline:');
  await cli.run('stop');
});

test.run();
