import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  readTextFile,
  resolveInside,
  type Written,
  writeTextFile as writeKeeping,
} from '../../../../actors/agents/acp/worktree-files.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const test = suite('worktree files');

const world = () => {
  const base = temporaryFolder('worktree-files');
  const root = join(base, 'worktree');
  const outside = join(base, 'outside');
  mkdirSync(join(root, 'folder'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(root, 'file.txt'), 'inside\n');
  writeFileSync(join(outside, 'secret.txt'), 'secret\n');
  return { base, root, outside };
};

const writeTextFile = (root: string, request: { readonly path: string; readonly content: string }): Promise<Written> =>
  writeKeeping(root, { ...request, maxStoredBytes: 64 });

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (value): string => `none: it gave ${JSON.stringify(value)}`,
    (error) => String(error.code),
  );

const wordsOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (value): string => `none: it gave ${JSON.stringify(value)}`,
    (error) => String(error.message),
  );

/** Neither to be read nor to be written. */
const isRefused = async (root: string, path: string): Promise<void> => {
  assert.is(await codeOf(readTextFile(root, { path })), 'agent.outside_worktree', `read ${path}`);
  assert.is(await codeOf(writeTextFile(root, { path, content: 'changed' })), 'agent.outside_worktree', `write ${path}`);
};

test('files inside are read and written, by absolute and by relative path', async () => {
  const { root } = world();
  assert.is(await readTextFile(root, { path: join(root, 'file.txt') }), 'inside\n');
  assert.is(await readTextFile(root, { path: 'folder/../file.txt' }), 'inside\n');
  await writeTextFile(root, { path: join(root, 'new.txt'), content: 'new €' });
  assert.is(readFileSync(join(root, 'new.txt'), 'utf8'), 'new €');
  await writeTextFile(root, { path: 'new.txt', content: 'x' });
  assert.is(readFileSync(join(root, 'new.txt'), 'utf8'), 'x', 'nothing of the longer content stays');
  await writeTextFile(root, { path: 'new.txt', content: '' });
  assert.is(readFileSync(join(root, 'new.txt'), 'utf8'), '');
});

test('a write makes the folders that it needs', async () => {
  const { root } = world();
  await writeTextFile(root, { path: join(root, 'a/b/c/d.txt'), content: 'deep' });
  assert.is(readFileSync(join(root, 'a/b/c/d.txt'), 'utf8'), 'deep');
});

test('a way out by .., by an absolute path or by a look-alike is refused', async () => {
  const { base, root, outside } = world();
  mkdirSync(`${root}-other`);
  for (const path of [
    '../outside/secret.txt',
    'folder/../../outside/secret.txt',
    join(outside, 'secret.txt'),
    `${root}-other/file.txt`,
    '/etc/passwd',
    base,
    '..',
    '/',
    'file.txt\0.png',
    'missing/../../outside/new.txt',
  ]) {
    await isRefused(root, path);
  }
  assert.is(readFileSync(join(outside, 'secret.txt'), 'utf8'), 'secret\n');
  assert.equal(readdirSync(outside), ['secret.txt']);
  assert.equal(readdirSync(`${root}-other`), []);
});

test('a symlink is judged by where it leads', async () => {
  const { root, outside } = world();
  symlinkSync(join(outside, 'secret.txt'), join(root, 'link.txt'));
  symlinkSync(outside, join(root, 'linked'));
  symlinkSync(join(root, 'link.txt'), join(root, 'link-to-link.txt'));
  symlinkSync(join(outside, 'not-yet.txt'), join(root, 'dangling.txt'));
  symlinkSync(join(outside, 'not-yet'), join(root, 'dangling'));
  for (const path of [
    'link.txt',
    'linked/secret.txt',
    'linked/new.txt',
    'link-to-link.txt',
    'dangling.txt',
    'dangling/new.txt',
  ]) {
    await isRefused(root, path);
  }
  symlinkSync(join(root, 'file.txt'), join(root, 'good.txt'));
  symlinkSync('folder', join(root, 'good'));
  assert.is(await readTextFile(root, { path: 'good.txt' }), 'inside\n');
  await writeTextFile(root, { path: 'good/new.txt', content: 'x' });
  assert.is(readFileSync(join(root, 'folder/new.txt'), 'utf8'), 'x');
  assert.equal(readdirSync(outside), ['secret.txt']);
});

test('a worktree that is itself reached over a symlink is a worktree', async () => {
  const { base, root } = world();
  symlinkSync(root, join(base, 'alias'));
  assert.is(await readTextFile(join(base, 'alias'), { path: join(base, 'alias/file.txt') }), 'inside\n');
  assert.is(await readTextFile(root, { path: join(base, 'alias/file.txt') }), 'inside\n');
});

test("git's own administration is refused, be it a folder or a file, and whatever leads there", async () => {
  const { root } = world();
  mkdirSync(join(root, '.git/hooks'), { recursive: true });
  writeFileSync(join(root, '.git/config'), '[core]\n');
  symlinkSync('.git', join(root, 'g'));
  for (const path of ['.git', '.git/config', '.git/hooks/pre-commit', 'folder/../.git/config', 'g/config']) {
    await isRefused(root, path);
  }
  await writeTextFile(root, { path: '.gitignore', content: 'x' });
  const other = world();
  writeFileSync(join(other.root, '.git'), 'gitdir: /elsewhere\n');
  await isRefused(other.root, '.git');
});

test('what is no file is refused, and nobody waits for it', async () => {
  const { root } = world();
  execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(root, 'fifo')]);
  for (const path of ['fifo', 'folder', root]) {
    assert.is(await codeOf(readTextFile(root, { path })), 'agent.file_refused');
    assert.is(await codeOf(writeTextFile(root, { path, content: 'x' })), 'agent.file_refused');
  }
  assert.is(await codeOf(readTextFile(root, { path: 'missing.txt' })), 'agent.file_missing');
  await codeOf(readTextFile(root, { path: 'file.txt/below' }));
});

test('a huge file is refused before it is read', async () => {
  const { root } = world();
  writeFileSync(join(root, 'huge.bin'), '');
  truncateSync(join(root, 'huge.bin'), 8 * 1024 ** 3);
  assert.is(await codeOf(readTextFile(root, { path: 'huge.bin' })), 'agent.file_refused');
});

test('lines are counted from 1, and a limit is kept', async () => {
  const { root } = world();
  writeFileSync(join(root, 'lines.txt'), 'one\ntwo\nthree\nfour');
  const read = (line: number | null, limit: number | null) => readTextFile(root, { path: 'lines.txt', line, limit });
  assert.is(await read(null, null), 'one\ntwo\nthree\nfour');
  assert.is(await read(2, null), 'two\nthree\nfour');
  assert.is(await read(2, 2), 'two\nthree\n');
  assert.is(await read(null, 1), 'one\n');
  assert.is(await read(9, 2), '');
  assert.is(await read(1, 0), '');
});

test('a write that changes nothing leaves the file as it is', async () => {
  const { root } = world();
  const path = join(root, 'file.txt');
  const before = statSync(path, { bigint: true });
  await writeTextFile(root, { path, content: 'inside\n' });
  const after = statSync(path, { bigint: true });
  assert.is(after.mtimeNs, before.mtimeNs);
  assert.is(after.ctimeNs, before.ctimeNs);
  await writeTextFile(root, { path, content: 'insidE\n' });
  assert.is(readFileSync(path, 'utf8'), 'insidE\n');
});

test('a write goes into the file that is there, with its mode and its other names', async () => {
  const { root } = world();
  writeFileSync(join(root, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  linkSync(join(root, 'run.sh'), join(root, 'other-name.sh'));
  await writeTextFile(root, { path: 'run.sh', content: '#!/bin/sh\necho\n' });
  assert.is(statSync(join(root, 'run.sh')).mode & 0o777, 0o755);
  assert.is(readFileSync(join(root, 'other-name.sh'), 'utf8'), '#!/bin/sh\necho\n');
});

const swapping = `
  const { renameSync, rmSync } = require('node:fs');
  const [folder, link] = process.argv.slice(1);
  const kept = folder + '.kept';
  const move = (from, to) => {
    for (;;) {
      try {
        return renameSync(from, to);
      } catch {
        // A write has made the folder anew meanwhile.
        rmSync(folder, { recursive: true, force: true });
      }
    }
  };
  process.stdout.write('swapping');
  for (;;) {
    move(folder, kept);
    move(link, folder);
    move(folder, link);
    move(kept, folder);
  }
`;

/** Swaps a folder for a link to another, to and fro, as fast as it can, until it is killed. */
const swap = async (folder: string, link: string): Promise<ChildProcess> => {
  const child = spawn(process.execPath, ['-e', swapping, folder, link], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
};

test('a link that is swapped in between leads nowhere', async () => {
  if (process.platform !== 'linux') return;
  const { base, root, outside } = world();
  mkdirSync(join(root, 'swapped'));
  writeFileSync(join(root, 'swapped/secret.txt'), 'inside\n');
  symlinkSync(outside, join(base, 'link'));
  const child = await swap(join(root, 'swapped'), join(base, 'link'));
  try {
    for (let n = 0; n < 400; n += 1) {
      const read = await readTextFile(root, { path: 'swapped/secret.txt' }).catch(() => 'inside\n');
      assert.is(read, 'inside\n');
      await writeTextFile(root, { path: `swapped/new-${n}.txt`, content: 'x' }).catch(() => {});
      await writeTextFile(root, { path: `swapped/folder-${n}/new.txt`, content: 'x' }).catch(() => {});
    }
  } finally {
    child.kill('SIGKILL');
  }
  assert.equal(readdirSync(outside), ['secret.txt']);
  assert.is(readFileSync(join(outside, 'secret.txt'), 'utf8'), 'secret\n');
});

test('whatever the path, it leads inside or nowhere', async () => {
  const { root, outside } = world();
  symlinkSync(outside, join(root, 'linked'));
  mkdirSync(join(root, '.git'));
  const name = fc.constantFrom('..', '.', '', 'folder', 'linked', '.git', 'file.txt', 'new', '~', '...', ' ');
  await fc.assert(
    fc.asyncProperty(
      fc.array(name, { maxLength: 8 }),
      fc.constantFrom('', '/', root, outside),
      async (names, start) => {
        const path = [start, ...names].join('/');
        const real = await resolveInside(root, path).catch(() => null);
        assert.ok(real === null || real === root || real.startsWith(`${root}/`), path);
        assert.not.ok(real?.startsWith(`${root}/.git`), path);
        assert.not.ok(real?.startsWith(`${root}/linked`), path);
      },
    ),
    { numRuns: 300 },
  );
  assert.not.ok(existsSync(join(outside, 'new')));
});

test('a file that is not UTF-8 is neither read nor written over, and its bytes stay as they were', async () => {
  const { root } = world();
  const path = join(root, 'menu.txt');
  const bytes = Buffer.from('# Caf\xe9\nprice: 5\nna\xefve\n', 'latin1');
  writeFileSync(path, bytes);
  const refusal = `${path} is not UTF-8 text: it can neither be read nor written over here without damage`;
  assert.is(await wordsOf(readTextFile(root, { path })), refusal);
  assert.is(await wordsOf(readTextFile(root, { path, line: 2, limit: 1 })), refusal);
  assert.is(await wordsOf(writeTextFile(root, { path, content: '# Caf\ufffd\nprice: 7\n' })), refusal);
  assert.equal(readFileSync(path), bytes);
  // Also where the byte that is none comes late, or the last character is cut off.
  const late = Buffer.concat([Buffer.alloc(300_000, 'ä'), Buffer.from([0xc3])]);
  writeFileSync(path, late);
  assert.is(await codeOf(writeTextFile(root, { path, content: 'x' })), 'agent.file_refused');
  assert.equal(readFileSync(path), late);
});

test('whatever can be read is the same bytes when it is written back', async () => {
  const { root } = world();
  const path = join(root, 'same.txt');
  const pieces = fc.constantFrom('\ufeff', 'a', 'é', '€', '\u{1f980}', '\r\n', '\n', '\r', '\0', '\u2028');
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 20 }), async (texts) => {
      const bytes = Buffer.from(texts.join(''), 'utf8');
      writeFileSync(path, bytes);
      const content = await readTextFile(root, { path });
      await writeTextFile(root, { path, content: 'something else' });
      await writeTextFile(root, { path, content });
      assert.equal(readFileSync(path), bytes);
      const lines = await Promise.all(
        Array.from({ length: 22 }, (_, index) => readTextFile(root, { path, line: index + 1, limit: 1 })),
      );
      assert.is(lines.join(''), content, 'its lines are read with their endings');
    }),
    { numRuns: 60 },
  );
});

test('some lines of a file are read with their endings', async () => {
  const { root } = world();
  writeFileSync(join(root, 'crlf.txt'), '1\r\n2\r\n3');
  assert.is(await readTextFile(root, { path: 'crlf.txt', line: 1, limit: 2 }), '1\r\n2\r\n');
  assert.is(await readTextFile(root, { path: 'crlf.txt', line: 2 }), '2\r\n3');
  assert.is(await readTextFile(root, { path: 'crlf.txt', limit: 0 }), '');
  assert.is(await readTextFile(root, { path: 'crlf.txt', line: 99 }), '');
});

test('a write says what was there before: nothing, or its text as far as it is kept', async () => {
  const { root } = world();
  const write = (content: string) => writeTextFile(root, { path: 'a/b.txt', content });
  assert.equal(await write(''), { before: null, isChange: true });
  assert.equal(await write(''), { before: { text: '' }, isChange: false });
  assert.equal(await write('one'), { before: { text: '' }, isChange: true });
  const long = 'é'.repeat(200_000);
  assert.equal(await write(long), { before: { text: 'one' }, isChange: true });
  assert.is((await write('two')).before?.truncated?.bytes, 400_000);
});

test('a refusal names the path that was asked for, and says why in words', async () => {
  const { root } = world();
  const asked = (name: string): string => join(root, name);
  symlinkSync('circle', asked('circle'));
  const words = async (name: string) => [
    await wordsOf(readTextFile(root, { path: asked(name) })),
    await wordsOf(writeTextFile(root, { path: asked(name), content: 'x' })),
  ];
  const both = (words: string) => [words, words];
  assert.equal(await words('folder'), both(`${asked('folder')} is a folder`));
  assert.equal(await words(''), both(`${root} is a folder`));
  assert.equal(await words('file.txt/x'), both(`${asked('file.txt/x')} leads through something that is no folder`));
  assert.equal(await words('circle'), both(`${asked('circle')} leads through links that go in a circle`));
  const long = 'x'.repeat(300);
  assert.equal(await words(long), both(`${asked(long)} is too long a name`));
  assert.is(await wordsOf(readTextFile(root, { path: asked('none/x') })), `there is no file ${asked('none/x')}`);
  if (process.getuid?.() === 0) return;
  writeFileSync(asked('locked.txt'), 'x', { mode: 0 });
  const [read, written] = await words('locked.txt');
  assert.is(read, `${asked('locked.txt')} may not be read: permission denied`);
  assert.is(written, `${asked('locked.txt')} may not be written: permission denied`);
});

test.run();
