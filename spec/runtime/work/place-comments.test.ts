import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { placeInTree } from '../../../runtime/work/review/place-comments.ts';
import { suite } from '../../support/suite.ts';
import { commitAll, type GitWorld, git, gitWorld, write } from '../git/git-world.ts';

const test = suite('comments in a tree');

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** The tree of a commit that holds these files besides those there are. */
const treeWith = (
  world: GitWorld,
  files: Readonly<Record<string, string>>,
  removed: readonly string[] = [],
): string => {
  for (const path of removed) git(world.root, 'rm', '--quiet', '--', path);
  for (const [path, content] of Object.entries(files)) write(world.root, path, content);
  commitAll(world.root, 'next');
  return git(world.root, 'rev-parse', 'HEAD^{tree}');
};

test('lines go with a file that was renamed, and are gone with one that was deleted', async () => {
  const world = await gitWorld();
  const body = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const tree = treeWith(world, { 'old.ts': text(body), 'gone.ts': 'gone\n', 'same.ts': 'same\n' });
  const later = treeWith(world, { 'new/name.ts': text(['first', ...body]) }, ['old.ts', 'gone.ts']);
  const at = (path: string, from: number, to: number) => ({ tree, path, from, to });
  const [renamed, deleted, same, none] = await placeInTree(
    world.repository,
    [at('old.ts', 5, 6), at('gone.ts', 1, 1), at('same.ts', 1, 1), at('none.ts', 1, 1)],
    later,
  );
  assert.equal(renamed, { path: 'new/name.ts', followed: { kind: 'same', from: 6, to: 7 } });
  assert.equal(deleted, { path: null, followed: { kind: 'gone', nearest: 0 } });
  assert.equal(same, { path: 'same.ts', followed: { kind: 'same', from: 1, to: 1 } });
  assert.is(none?.path, null);
});

test('where their tree is kept no more, lines are found by what was quoted, at the one place that has it', async () => {
  const world = await gitWorld();
  const tree = 'e'.repeat(40);
  const later = treeWith(world, { 'a.ts': text(['new', 'one', 'two', '}', 'x', '}']) });
  const place = async (quote: string, path = 'a.ts') => {
    const [found] = await placeInTree(world.repository, [{ tree, path, from: 1, to: 2, quote }], later);
    return found;
  };
  assert.equal(await place('one\ntwo'), { path: 'a.ts', followed: { kind: 'same', from: 2, to: 3 } });
  assert.is((await place('}'))?.unread, true, 'twice is nowhere');
  assert.is((await place('other'))?.unread, true);
  assert.is((await place('one', 'none.ts'))?.path, null);
});

test('comments follow their lines through real trees as they do through their lines', async () => {
  const world = await gitWorld();
  const line = fc.constantFrom('a', 'b', 'c', '}', 'const d = 1;', 'f(d);');
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 12 }),
      fc.array(line, { maxLength: 4 }),
      fc.nat({ max: 12 }),
      fc.nat({ max: 11 }),
      async (body, inserted, at, of) => {
        const unique = body.map((each, index) => `${each} ${index}`);
        const place = Math.min(of, unique.length - 1);
        const where = Math.min(at, unique.length);
        const tree = treeWith(world, { 'p.ts': `${Math.random()}\n${text(unique)}` });
        const later = treeWith(world, {
          'p.ts': `${Math.random()}\n${text(unique.toSpliced(where, 0, ...inserted))}`,
        });
        const range = { from: place + 2, to: place + 2 };
        const [found] = await placeInTree(world.repository, [{ tree, path: 'p.ts', ...range }], later);
        const moved = where <= place ? inserted.length : 0;
        assert.equal(found?.followed, { kind: 'same', from: range.from + moved, to: range.to + moved });
      },
    ),
    { numRuns: 10 },
  );
});

test.run();
