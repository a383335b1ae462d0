import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { builtInScript, isRehearsalScript } from '../../../../actors/agents/rehearsal/built-in.ts';
import { rehearsalScripts } from '../../../../actors/agents/rehearsal/scripts/scripts.ts';
import { parseScript, readScriptFile, stepSchemasByName } from '../../../../actors/agents/rehearsal/stage/script.ts';
import { type CommentToSend, commentPrompt } from '../../../../actors/model/review/comment-prompt.ts';
import { conflictTask } from '../../../../actors/model/work/return-task.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { killClients, startClient } from './client.ts';

const test = suite('the scripts of the rehearsal agent');
test.after(killClients);

const manual = readFileSync(fileURLToPath(new URL('../../../../docs/REHEARSAL.md', import.meta.url)), 'utf8');
const rowOf = (name: string): RegExp => new RegExp(`^\\| \`${name}\` +\\|`, 'm');
const names = Object.keys(rehearsalScripts).filter(isRehearsalScript);

const problemWith = (steps: readonly unknown[]): string => {
  try {
    parseScript('mine.json', { name: 'mine', turns: [{ steps: [] }, { steps }] });
  } catch (thrown) {
    if (thrown instanceof Error) return thrown.message;
  }
  return '';
};

test('every built-in script is valid, and documented', () => {
  for (const name of names) {
    assert.is(builtInScript(name).name, name);
    assert.match(manual, rowOf(name), name);
  }
});

test('every step and every field is documented', () => {
  for (const [name, schema] of stepSchemasByName) {
    assert.match(manual, rowOf(name), name);
    for (const field of Object.keys(schema.shape)) assert.ok(manual.includes(`\`${field}\``), `${name}.${field}`);
  }
});

test('an invalid script is refused with its file, its step and what is wrong', () => {
  assert.match(
    problemWith([
      { do: 'wait', ms: 1 },
      { do: 'say', text: 'a', everyMs: 'b' },
    ]),
    'mine.json: turn 2, step 2 (say), everyMs: ',
  );
  assert.match(
    problemWith([{ do: 'dance' }]),
    /turn 2, step 1 \(dance\), do: there is no such step; there are think, say/,
  );
  assert.match(problemWith([{ do: 'wait', ms: 1, color: 'red' }]), /step 1 \(wait\): Unrecognized key: "color"/);
  assert.match(problemWith([{ do: 'edit', path: 'a' }]), /exactly one of "text", "append"/);
  assert.match(problemWith([{ do: 'edit', path: '../a', text: '' }]), /inside the worktree/);
  assert.match(problemWith([{ do: 'read', path: '/etc/passwd' }]), /inside the worktree/);
  assert.match(
    problemWith([{ do: 'repeat', times: 2, steps: [{ do: 'wait' }] }]),
    /step 1 \(repeat\), step 1 \(wait\), ms/,
  );
  const path = join(temporaryFolder('script'), 'broken.json');
  writeFileSync(path, '{');
  assert.throws(() => readScriptFile(path), /broken\.json: cannot be read as JSON/);
});

test('an unknown script ends the process with 2 and one line that names the built-in ones', async () => {
  const client = startClient('nonsense');
  assert.is((await client.exited).code, 2);
  assert.match(
    client.stderr(),
    /^rehearsal: there is no script called nonsense; built in are default, demo-tests, .*\n$/,
  );
});

/** The small project that the demo scripts are written for. */
const sampleProject = (): string => {
  const cwd = temporaryFolder('sample');
  mkdirSync(join(cwd, 'src'));
  writeFileSync(join(cwd, 'package.json'), '{ "name": "sample", "type": "module" }\n');
  writeFileSync(join(cwd, 'README.md'), '# Sample\n\nGreets people.\n');
  writeFileSync(join(cwd, 'src/greet.js'), "export const greet = (name) => 'Hello, ' + name + '!';\n");
  execFileSync('git', ['init', '--quiet'], { cwd });
  execFileSync('git', ['add', '.'], { cwd });
  return cwd;
};

const aComment: CommentToSend = {
  path: 'src/greet.js',
  side: 'after',
  from: 1,
  to: 1,
  quote: 'export const languages = …',
  text: 'Freeze it.',
  now: { path: 'src/greet.js', from: 1, to: 1 },
};

const scenes = [
  { script: 'default', file: 'REHEARSAL.md', holds: /> please/, questions: 1 },
  { script: 'demo-tests', file: 'test/greet.test.mjs', holds: /Ada/, questions: 1 },
  { script: 'demo-readme', file: 'README.md', holds: /Greets people.*## Usage/s, questions: 0 },
  { script: 'demo-refactor', file: 'src/greet.js', holds: /Bonjour/, questions: 1 },
] as const;

test('the default and the demo scripts work from beginning to end, and all their tools succeed', async () => {
  await Promise.all(
    scenes.map(async ({ script, file, holds, questions }) => {
      const cwd = sampleProject();
      const client = startClient(script);
      const sessionId = await client.start(cwd);
      const begun = Date.now();
      const answered = client.prompt(sessionId, 'please');
      for (let question = 0; question < questions; question += 1) {
        client.decide(await client.asked('session/request_permission'), 'once');
      }
      assert.is((await answered).result?.stopReason, 'end_turn');
      // Long enough to be watched.
      const seconds = (Date.now() - begun) / 1000;
      assert.ok(seconds > (script === 'default' ? 2 : 7), `${script} took ${seconds} s`);
      assert.match(readFileSync(join(cwd, file), 'utf8'), holds);
      assert.is((await client.prompt(sessionId, 'continue')).result?.stopReason, 'end_turn');
      const failed = client.updates('tool_call_update').filter((update) => update.status === 'failed');
      assert.equal(failed, [], script);
      await client.kill();
    }),
  );
});

test('a demo script answers a comment by a change of that line', async () => {
  const cwd = sampleProject();
  const client = startClient('demo-refactor');
  const sessionId = await client.start(cwd);
  const prompt = commentPrompt([aComment], '');
  assert.is((await client.prompt(sessionId, prompt)).result?.stopReason, 'end_turn');
  assert.match(readFileSync(join(cwd, 'src/greet.js'), 'utf8'), 'Object.freeze(Object.keys(greetings))');
  assert.match(readFileSync(join(cwd, 'README.md'), 'utf8'), 'English, French and Greek');
  await client.kill();
});

test('a demo script that is told of a conflict merges main, keeps both sides and leaves nothing to commit', async () => {
  const cwd = sampleProject();
  const git = (...words: readonly string[]): string => execFileSync('git', words, { cwd, encoding: 'utf8' });
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@example.invalid');
  git('commit', '--quiet', '--message', 'begin');
  git('branch', '--force', 'main');
  git('checkout', '--quiet', '-b', 'own');
  appendFileSync(join(cwd, 'README.md'), '\n## Usage\n');
  git('worktree', 'add', '--quiet', join(cwd, '.git/other'), 'main');
  const other = join(cwd, '.git/other');
  appendFileSync(join(other, 'README.md'), '\nIt speaks English, French and Greek.\n');
  execFileSync('git', ['commit', '--quiet', '--all', '--message', 'theirs'], { cwd: other });
  const client = startClient('demo-readme');
  const sessionId = await client.start(cwd);
  const prompt = conflictTask({ onto: 'main', way: 'squash', commit: 'abcdef1', subject: 'theirs', files: [] });
  assert.is((await client.prompt(sessionId, prompt)).result?.stopReason, 'end_turn');
  const failed = client.updates('tool_call_update').filter((update) => update.status === 'failed');
  assert.equal(failed, []);
  assert.is(git('status', '--porcelain'), '');
  assert.is(git('log', '--merges', '--format=%s').trim().split('\n').length, 1);
  assert.is(git('merge-base', 'main', 'HEAD'), git('rev-parse', 'main'));
  assert.match(readFileSync(join(cwd, 'README.md'), 'utf8'), /## Usage.*English, French and Greek/s);
  assert.not.match(readFileSync(join(cwd, 'README.md'), 'utf8'), /^[<=>]{7}/m);
  await client.kill();
});

test('quick asks for nothing and ends', async () => {
  const client = startClient('quick');
  const sessionId = await client.start(temporaryFolder('cwd'));
  assert.is((await client.prompt(sessionId, 'go')).result?.stopReason, 'end_turn');
  await client.kill();
});

test.run();
