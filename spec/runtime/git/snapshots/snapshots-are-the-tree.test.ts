/** Whatever is done to a worktree, by hand or by git: its snapshot is the tree that git itself makes of the files. */
import { chmodSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { codeOf } from '../../../../actors/protocol/facts/error.ts';
import { suite } from '../../../support/suite.ts';
import { commitAll, git, write } from '../git-world.ts';
import { type SnapshotWorld, snapshotWorld, treeByGit } from './snapshot-world.ts';

const test = suite('snapshots are the tree', { timeLimitMs: 600_000 });

// Few names, so that files take the place of folders and the other way round.
const name = fc.constantFrom('a', 'A', 'b', 'ü', 'x y', '-n', ':(top)');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const content = fc.constantFrom('', 'one\n', 'two\n', 'one\r\ntwo\r\n', '\0binary', 'no line end');

const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), path, content }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), path }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), path, to: path }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('link' as const), path, to: path }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mode' as const), path }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('ignore' as const), pattern: fc.constantFrom('', 'a', '/b', 'A/', '*y') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('attributes' as const),
      line: fc.constantFrom('', '* text=auto', '* -text'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('git' as const),
      words: fc.constantFrom(
        ['add', '--all'],
        ['rm', '-r', '-q', '--cached', '--ignore-unmatch', '--', 'a'],
        ['commit', '--quiet', '--allow-empty', '--message', 'more'],
        ['reset', '--quiet', '--hard', 'HEAD'],
        ['checkout', '--quiet', '--force', '--detach', 'HEAD~1'],
        ['clean', '-fdq'],
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('snapshot' as const) }) },
);
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

/** Makes way for a path: what stands where its folders are to be goes. */
const makeWay = (place: string, top: string): void => {
  const parent = dirname(place);
  if (parent === top) return;
  makeWay(parent, top);
  const found = lstatSync(parent, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory()) rmSync(parent);
  mkdirSync(parent, { recursive: true });
};

const perform = async (world: SnapshotWorld, next: Act): Promise<void> => {
  const at = (name: string): string => join(world.path, name);
  switch (next.do) {
    case 'write':
      makeWay(at(next.path), world.path);
      rmSync(at(next.path), { recursive: true, force: true });
      writeFileSync(at(next.path), next.content);
      return;
    case 'remove':
      rmSync(at(next.path), { recursive: true, force: true });
      return;
    case 'move':
      if (!existsSync(at(next.path)) || `${next.to}/`.startsWith(`${next.path}/`)) return;
      if (`${next.path}/`.startsWith(`${next.to}/`)) return;
      makeWay(at(next.to), world.path);
      rmSync(at(next.to), { recursive: true, force: true });
      if (existsSync(at(next.path))) renameSync(at(next.path), at(next.to));
      return;
    case 'link':
      makeWay(at(next.path), world.path);
      rmSync(at(next.path), { recursive: true, force: true });
      symlinkSync(next.to, at(next.path));
      return;
    case 'mode': {
      const found = lstatSync(at(next.path), { throwIfNoEntry: false });
      if (found?.isFile()) chmodSync(at(next.path), found.mode ^ 0o100);
      return;
    }
    case 'ignore':
      write(world.path, '.gitignore', `${next.pattern}\n`);
      return;
    case 'attributes':
      write(world.path, '.gitattributes', `${next.line}\n`);
      return;
    case 'git':
      try {
        git(world.path, ...next.words);
      } catch {
        // Nothing to go back to.
      }
      return;
    case 'snapshot':
      await world.take();
  }
};

/** Found by the search once: the attributes of a file that git does not track come after the file. */
const found: readonly Act[] = [
  { do: 'write', path: 'a', content: 'one\r\ntwo\r\n' },
  { do: 'snapshot' },
  { do: 'attributes', line: '* text=auto' },
  { do: 'snapshot' },
];

test('[law 19] whatever is done to a worktree, its snapshot is the tree that git makes of it', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 14 }), async (acts) => {
      const world = await snapshotWorld();
      write(world.path, 'a/b', 'tracked\n');
      write(world.path, 'b', 'tracked as well\n');
      commitAll(world.path, 'begun');
      await world.take();
      for (const next of acts) {
        await perform(world, next).catch((thrown) => {
          // What leads through a file, or through a link into the void, is not done.
          if (!['ENOTDIR', 'ELOOP', 'ENOENT', 'EISDIR'].includes(codeOf(thrown) ?? '')) throw thrown;
        });
      }
      const before = [git(world.path, 'ls-files', '--stage'), git(world.path, 'rev-parse', 'HEAD')];
      const { tree, missing } = await world.take();
      assert.equal(missing, []);
      assert.is(tree, treeByGit(world), 'as git makes it');
      count += 1;
      const fresh = await world.take({ indexFolder: join(world.folder, `fresh-${count}`) });
      assert.is(tree, fresh.tree, 'an index that was kept knows no more than one made anew');
      assert.equal([git(world.path, 'ls-files', '--stage'), git(world.path, 'rev-parse', 'HEAD')], before);
      rmSync(world.folder, { recursive: true, force: true });
    }),
    { numRuns: 20, examples: [[[...found]]] },
  );
});

test.run();
