/** Files of Git LFS in a new worktree: fetched by `git lfs pull` where that is installed and agreed to, else said to be pointers. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { until } from '../../../support/until.ts';
import { closeWorlds, createWorld, ended, git, start } from '../../../support/world.ts';
import { agree, commandsOf, commitFiles } from '../setup-world.ts';

const test = suite('files of Git LFS in a new worktree');
test.after(closeWorlds);

const content = 'what the file holds\n'.repeat(20);
const oid = createHash('sha256').update(content).digest('hex');
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;

/** PATH without the real one. */
const withoutLfs = (): string =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => {
      if (!existsSync(join(folder, 'git-lfs'))) return folder;
      const copy = temporaryFolder('path');
      for (const name of readdirSync(folder)) if (name !== 'git-lfs') symlinkSync(join(folder, name), join(copy, name));
      return copy;
    })
    .join(delimiter);

/** Does what `git lfs pull` is documented to: downloads the objects of what is checked out, and puts them in their files' place. */
const standIn = (server: string): string => {
  const folder = temporaryFolder('git-lfs');
  writeFileSync(
    join(folder, 'git-lfs'),
    `#!/bin/sh
[ "$1" = pull ] || exit 1
objects="$(git rev-parse --path-format=absolute --git-common-dir)/lfs/objects"
git ls-files | git check-attr --stdin filter | sed -n 's/: filter: lfs$//p' | while read -r file; do
  oid=$(sed -n 's/^oid sha256://p' "$file")
  [ -n "$oid" ] || continue
  place="$objects/$(echo "$oid" | cut -c1-2)/$(echo "$oid" | cut -c3-4)"
  mkdir -p "$place" && cp '${server}'/"$oid" "$place/$oid" && cp "$place/$oid" "$file" || exit 2
done
`,
  );
  chmodSync(join(folder, 'git-lfs'), 0o755);
  return `${folder}${delimiter}${withoutLfs()}`;
};

const before = process.env.PATH;
test.after(() => {
  process.env.PATH = before;
});

test('they are pulled before the agent begins, once it was agreed to what the repository says', async () => {
  const server = temporaryFolder('lfs-server');
  writeFileSync(join(server, oid), content);
  process.env.PATH = standIn(server);
  const world = createWorld('lfs');
  commitFiles(world.repository, {
    '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
    'large.bin': pointer,
    '.throughline/config.json': '{"setup": "wc -c < large.bin > size"}\n',
  });
  // As `git lfs install` leaves it.
  git(world.repository, 'config', 'filter.lfs.clean', 'git-lfs clean -- %f');
  const runtime = await world.open();
  const unagreed = await start(runtime, world, 'quick', { worktree: true });
  const there = await ended(runtime, unagreed.id);
  is(readFileSync(join(there.worktree.path ?? '', 'large.bin'), 'utf8'), pointer);
  const note = (await runtime.work(unagreed.id)).prepared?.notes[0] ?? '';
  match(note, /^1 file is a pointer of Git LFS: git lfs pull brings its content$/);

  await agree(runtime, world.repository);
  const { id } = await start(runtime, world, 'quick', { worktree: true });
  const { worktree, status } = await ended(runtime, id);
  is(status, 'Completed');
  ok(worktree.path);
  is(readFileSync(join(worktree.path, 'large.bin'), 'utf8'), content);
  is(Number(readFileSync(join(worktree.path, 'size'), 'utf8')), content.length, 'before the rest of the setup');
  equal(
    (await commandsOf(runtime, id)).map(({ command, outcome }) => `${command} ${outcome}`),
    ['git lfs pull passed', 'wc -c < large.bin > size passed'],
  );
  equal((await runtime.work(id)).prepared?.notes, []);
  const end = await until('its end is taken', async () =>
    (await runtime.work(id)).snapshots.find(({ reason }) => reason === 'run_end'),
  );
  equal(end.pointers, [{ path: 'large.bin', bytes: content.length, sha256: oid, lfs: true }]);
  await world.close();
});

test('where Git LFS is not installed they are said to be pointers, and the agent begins', async () => {
  process.env.PATH = withoutLfs();
  const world = createWorld('no-lfs');
  mkdirSync(join(world.repository, 'assets'));
  commitFiles(world.repository, {
    'assets/.gitattributes': '*.bin filter=lfs\n',
    'assets/a.bin': pointer,
    'assets/b.bin': pointer,
    '.throughline/config.json': '{"setup": "true"}\n',
  });
  const runtime = await world.open();
  await agree(runtime, world.repository);
  const { id } = await start(runtime, world, 'quick', { worktree: true });
  is((await ended(runtime, id)).status, 'Completed');
  const { prepared } = await runtime.work(id);
  equal(
    [prepared?.largeFiles, prepared?.notes],
    [2, ['2 files are pointers of Git LFS: git lfs pull brings their content']],
  );
  await world.close();
});

test.run();
