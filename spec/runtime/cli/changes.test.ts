import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { is, match, not } from 'uvu/assert';
import { makeSampleRepository } from '../../../runtime/cli/demo/sample-repository.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { bundle, throughline } from './support/throughline.ts';

const test = suite('what changed');

test('git says what changed: no edit that was denied, every file of a shell, and nothing where nobody can say', async () => {
  const folder = temporaryFolder('changes');
  const repository = join(folder, 'greetings');
  makeSampleRepository(repository);
  const script = join(folder, 'script.json');
  const steps = [
    { do: 'edit', path: 'denied.txt', text: 'never\n', approval: true },
    { do: 'run', command: 'echo from a shell > "shell file.txt"' },
  ];
  writeFileSync(script, JSON.stringify({ name: 'changes', turns: [{ steps }] }));
  const cli = throughline(bundle);
  const agent = ['--repo', repository, '--agent', `rehearsal:${script}`, '--approve', 'deny', '--wait'];
  const waited = await cli.run('run', 'Change it', '--name', 'changes', ...agent);
  match(waited.stdout, /✓ Completed in [^\n]*\n1 file changed: shell file\.txt\n$/u);
  match((await cli.run('show', 'changes')).stdout, /changes +1 file changed: shell file\.txt\n/u);
  not.match((await cli.run('history', 'changes')).stdout, 'file changed');
  const here = await cli.run('run', 'Change it', '--name', 'here', '--no-worktree', ...agent);
  match(here.stdout, /✓ Completed in [^\n]*\n$/u);
  await cli.run('stop');
  is((await cli.run('show', 'changes')).stdout.includes('file changed'), false, 'without a runtime nobody looks');
});

test.run();
