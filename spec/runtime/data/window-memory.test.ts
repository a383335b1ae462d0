import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { RememberedName } from '../../../actors/protocol/gateway/window.ts';
import { openLog } from '../../../runtime/data/log.ts';
import { openWindowMemory } from '../../../runtime/data/window-memory.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const test = suite('window memory');

const logged: string[] = [];
const log = openLog({ path: null, pretty: (line) => logged.push(line) });

const draftOf = (count: number): RememberedName => `draft.01890a5d-ac96-774b-bcce-${String(count).padStart(12, '0')}`;

test('what windows remember is there for the next runtime, whatever it is, until it is forgotten', () => {
  const name = fc.constantFrom<RememberedName>('theme', 'text', 'order', 'looked', 'form', draftOf(1), draftOf(2));
  // As it comes from a body: JSON, in which a null forgets.
  const change = fc.tuple(name, fc.jsonValue());
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), fc.boolean(), (changes, atOnce) => {
      const root = temporaryFolder('memory');
      const expected = new Map<string, unknown>();
      const memory = openWindowMemory({ root }, log);
      for (const [changed, value] of changes) {
        if (atOnce) memory.rememberAll(JSON.stringify({ [changed]: value }));
        else memory.remember(changed, value);
        if (value === null) expected.delete(changed);
        else expected.set(changed, value);
      }
      const inOrder = (entries: Iterable<[string, unknown]>): string =>
        JSON.stringify([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
      assert.is(inOrder(Object.entries(JSON.parse(JSON.stringify(memory.recall())))), inOrder(expected));
      assert.equal(openWindowMemory({ root }, log).recall(), JSON.parse(JSON.stringify(memory.recall())));
    }),
    { numRuns: 50 },
  );
});

test('it is for its owner alone, and what cannot be read or is not known is forgotten', () => {
  const root = temporaryFolder('memory');
  const path = join(root, 'remembered.json');
  openWindowMemory({ root }, log).remember('theme', 'dark');
  assert.is(statSync(path).mode & 0o777, 0o600);
  const later = { theme: 'light', 'of a later version': 1, __proto__: null };
  writeFileSync(path, JSON.stringify(later));
  assert.equal(openWindowMemory({ root }, log).recall(), { theme: 'light' });
  for (const wrong of ['', '{', 'null', '[]', '"text"', '{"__proto__":{"theme":"dark"}}', '{"draft.../../x":1}']) {
    writeFileSync(path, wrong);
    assert.equal(openWindowMemory({ root }, log).recall(), {}, wrong);
    openWindowMemory({ root }, log).rememberAll(wrong);
    assert.is(readFileSync(path, 'utf8'), wrong, 'what says nothing changes nothing');
  }
  assert.is(Reflect.get({}, 'theme'), undefined);
});

test('a link in its place leads nowhere', () => {
  const root = temporaryFolder('memory');
  const elsewhere = join(temporaryFolder('elsewhere'), 'file');
  writeFileSync(elsewhere, '{"theme":"dark"}');
  symlinkSync(elsewhere, join(root, 'remembered.json'));
  const memory = openWindowMemory({ root }, log);
  assert.equal(memory.recall(), {});
  memory.remember('theme', 'light');
  assert.is(readFileSync(elsewhere, 'utf8'), '{"theme":"dark"}');
  assert.equal(openWindowMemory({ root }, log).recall(), { theme: 'light' });
});

test('of many drafts the latest are kept', () => {
  const root = temporaryFolder('memory');
  const memory = openWindowMemory({ root }, log);
  memory.rememberAll(
    JSON.stringify(Object.fromEntries(Array.from({ length: 600 }, (_, index) => [draftOf(index), 'x']))),
  );
  memory.remember(draftOf(100), 'again');
  memory.remember(draftOf(700), 'new');
  const names = Object.keys(memory.recall());
  assert.is(names.length, 500);
  assert.equal(names.slice(-2), [draftOf(100), draftOf(700)]);
  assert.not.ok(existsSync(join(root, `remembered.json.${process.pid}.tmp`)));
});

test('what cannot be written is remembered until the runtime ends, and the log says so', () => {
  const root = temporaryFolder('memory');
  const memory = openWindowMemory({ root }, log);
  mkdirSync(join(root, 'remembered.json', 'in the way'), { recursive: true });
  memory.remember('theme', 'dark');
  assert.equal(memory.recall(), { theme: 'dark' });
  assert.match(logged.join('\n'), /what windows remember could not be written/);
});

test.run();
