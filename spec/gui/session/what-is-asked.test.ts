import * as assert from 'node:assert/strict';
import { askedIn } from '../../../gui/session/model/create-item.ts';
import { whatIsAsked } from '../../../gui/session/model/what-is-asked.ts';
import { patchFiles, pathOfPatch } from '../../../gui/session/text/patch.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what a request asks for');

const asked = (fields: Readonly<Record<string, unknown>>) => whatIsAsked(askedIn({ toolCallId: 'call', ...fields }));

test('[law 18] a command is what runs, of several words too, and what is beside it is kept', () => {
  assert.deepEqual(asked({ kind: 'execute', input: { command: ['bash', '-lc', "echo 'a b'"], cwd: '/x' } }), {
    kind: 'run',
    patch: null,
    command: "bash -lc 'echo '\\''a b'\\'''",
    rest: { cwd: '/x' },
  });
  // An editor's command is none of a shell.
  assert.deepEqual(asked({ kind: 'edit', input: { command: 'create', path: '/a' } }).rest, {
    command: 'create',
    path: '/a',
  });
});

test('[law 18] what an edit says word for word is not said twice, and nothing else is left out', () => {
  const diffs = [{ path: '/a', oldText: { text: 'one' }, newText: { text: 'two' } }];
  const input = { file_path: '/a', old_string: 'one', new_string: 'two', replace_all: true, note: 'three' };
  const what = asked({ kind: 'edit', diffs, input });
  assert.equal(what.kind, 'edit');
  assert.deepEqual(what.rest, { replace_all: true, note: 'three' });
  // What the log had to bound does not say the whole.
  const bounded = [{ path: '/a', oldText: null, newText: { text: 'two', truncated: { bytes: 9, sha256: '' } } }];
  assert.deepEqual(asked({ kind: 'edit', diffs: bounded, input: { text: 'two' } }).rest, { text: 'two' });
});

test('[law 18] a request says nothing when there is but the id of its call, or the name of its tool', () => {
  assert.equal(asked({ title: 'call', input: {} }).kind, 'nothing');
  assert.equal(asked({ title: 'mcp__x', toolName: 'mcp__x' }).kind, 'nothing');
  for (const told of [
    { title: 'Tidy up' },
    { input: { a: 1 } },
    { locations: [{ path: '/a' }] },
    { text: { text: 'words' } },
  ]) {
    assert.equal(asked(told).kind, 'other');
  }
});

test('[law 18] every line of a patch is shown somewhere, also what only looks like the head of a file', () => {
  const patch = 'Index: /w/a.ts\n===\n--- /w/a.ts\told\n+++ /w/a.ts\tnew\n@@ -1,2 +1,1 @@\n--- x\n kept\nbehind it\n';
  const [file] = patchFiles(patch);
  assert.ok(file);
  assert.equal(pathOfPatch(file), '/w/a.ts');
  assert.deepEqual(file.hunks[0]?.lines[0], { kind: 'removed', text: '-- x', before: 1, after: null });
  const shown = patchFiles(patch).flatMap(({ heads, hunks }) => [
    ...heads,
    ...hunks.flatMap(({ lines }) => lines.map(({ text }) => text)),
  ]);
  for (const text of ['-- x', 'kept', 'behind it']) assert.ok(shown.includes(text), `${text} is not shown`);
  // A head that names two files is shown as it is.
  const [two] = patchFiles('--- a/harmless\n+++ b/other\n@@ -1 +1 @@\n-a\n+b');
  assert.ok(two);
  assert.equal(pathOfPatch(two), null);
});

test.run();
