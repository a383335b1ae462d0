import { readFileSync } from 'node:fs';
import { equal, is, match } from 'uvu/assert';
import { readJson } from '../../../runtime/setup/json-places.ts';
import { readSetup } from '../../../runtime/setup/read-setup.ts';
import { setupJsonSchema } from '../../../runtime/setup/setup-schema.ts';
import { wholeSetup } from '../../../runtime/setup/whole-setup.ts';
import { suite } from '../../support/suite.ts';

const test = suite('reading a setup');

const errorsIn = (text: string) => {
  const read = readSetup('config.json', text);
  return read.kind === 'wrong'
    ? read.errors.map(({ line, column, place, message }) => [line, column, place, message])
    : [];
};

test('the schema that is published is the one that is used: npm run setup-schema', () => {
  const published = readFileSync(new URL('../../../docs/config.schema.json', import.meta.url), 'utf8');
  equal(JSON.parse(published), setupJsonSchema());
});

test('short forms and long ones come to the same, with their defaults', () => {
  const read = readSetup(
    'config.json',
    '{"setup": "npm ci", "checks": {"tests": "npm test"}, "teardown": [{"command": "x", "timeout": "90s"}]}',
  );
  if (read.kind === 'wrong') throw new Error(JSON.stringify(read.errors));
  equal(read.setup.setup, [{ command: 'npm ci', timeoutMs: 600_000 }]);
  equal(read.setup.checks, { tests: { command: 'npm test', timeoutMs: 600_000, when: ['landing'], retry: null } });
  equal(read.setup.teardown, [{ command: 'x', timeoutMs: 90_000 }]);
  equal([...read.written], ['setup', 'checks', 'teardown']);
});

test('each mistake is told by its line and column, with what to write', () => {
  equal(
    errorsIn(
      '{\n  "copys": [],\n  "checks": {"a": {"command": "x", "timeout": "5"}, "b c": "y"},\n  "landing": {"how": "fast"}\n}',
    ),
    [
      [2, 3, 'copys', 'there is no such key (did you mean copy?)'],
      [3, 47, 'checks.a.timeout', '"5" has no unit (write "5m" or "5s")'],
      [3, 53, 'checks.b c', 'a check is named with letters, digits, dots and hyphens'],
      [4, 22, 'landing.how', 'expected one of "squash"|"merge"|"rebase"'],
    ],
  );
  equal(errorsIn('{"setup": [3]}'), [[1, 12, 'setup.0', 'a command is a text, or an object with the key command']]);
  equal(errorsIn('{"a": 1,}'), [[1, 9, '', 'it is no JSON: a key in double quotes comes here, not "}"']]);
  equal(errorsIn('{"copy": [], "copy": []}'), [[1, 14, '', 'it is no JSON: "copy" is there twice']]);
  equal(errorsIn(''), [[1, 1, '', 'it is no JSON: a value comes here, and the file ends here']]);
});

test('what is JSON is read as JSON.parse reads it, and what is none is refused', () => {
  for (const text of [
    '[1, -2.5e3, "\\u00e9\\n", {"__proto__": {"a": null}}, true, [], {}]',
    ' {"a" : [ ] }\n',
    '"x"',
    '0',
  ]) {
    const read = readJson(text);
    if (read.kind === 'broken') throw new Error(`${text}: ${read.what}`);
    equal(JSON.stringify(read.value), JSON.stringify(JSON.parse(text)));
  }
  for (const text of [
    '{',
    '[1 2]',
    '{"a" 1}',
    "{'a': 1}",
    '01',
    '1.',
    'nul',
    'truex',
    '"\n"',
    '"\\x"',
    '[1],',
    '// a\n{}',
  ]) {
    is(readJson(text).kind, 'broken', text);
  }
  is(readJson('['.repeat(100_000)).kind, 'broken');
});

test('what a person says for themselves stands above the repository, name by name of its checks', () => {
  const whole = wholeSetup([
    {
      file: '.throughline/config.json',
      text: '{"setup": "npm ci", "base": "main", "checks": {"tests": "a", "lint": "b"}}',
    },
    { file: '.worktreeinclude', text: '# comment\n.env\n\nconfig/*.local\n' },
    { file: 'repositories/own.json', text: '{"setup": [], "checks": {"lint": "c"}, "copy": [".npmrc"]}' },
  ]);
  if (whole.kind === 'wrong') throw new Error('it is right');
  equal(whole.setup.setup, []);
  is(whole.setup.base, 'main');
  equal(
    Object.entries(whole.setup.checks).map(([name, { command }]) => [name, command]),
    [
      ['tests', 'a'],
      ['lint', 'c'],
    ],
  );
  equal(whole.setup.copy, ['.npmrc', '.env', 'config/*.local']);
  const unknown = wholeSetup([{ file: 'config.json', text: '{"landing": {"checks": ["none"]}}' }]);
  match(JSON.stringify(unknown), 'there is no check');
});

test.run();
