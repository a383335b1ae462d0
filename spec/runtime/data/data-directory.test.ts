import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import {
  ensurePrivateFile,
  ensureToken,
  openDataDirectory,
  readOwner,
  readToken,
  removeOwner,
  resolveDataDirectory,
  writeOwner,
} from '../../../runtime/data/data-directory.ts';
import { processStartedAt } from '../../../runtime/processes/process-start.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const test = suite('data directory');

const modeOf = (path: string): number => lstatSync(path).mode & 0o777;

const raises = (code: string, pattern: RegExp, body: () => unknown): void => {
  assert.throws(body, (thrown: unknown) => {
    assert.ok(thrown instanceof ThroughlineError, String(thrown));
    assert.equal(thrown.code, code);
    assert.match(`${thrown.message}; ${thrown.hint}`, pattern);
    return true;
  });
};

test('the option comes before THROUGHLINE_DATA, and that before the platform folder', () => {
  const environment = { THROUGHLINE_DATA: '/from/environment' };
  assert.equal(resolveDataDirectory('/asked', environment), '/asked');
  assert.equal(resolveDataDirectory(undefined, environment), '/from/environment');
  assert.match(resolveDataDirectory(undefined, {}), /throughline/);
  assert.doesNotMatch(resolveDataDirectory(undefined, {}), /nodejs/);
});

test('a relative XDG_DATA_HOME is ignored, as the XDG Base Directory Specification asks', () => {
  if (process.platform !== 'linux') return;
  const folderGiven = (XDG_DATA_HOME: string): string => {
    const script = `import('${import.meta.resolve('../../../runtime/data/data-directory.ts')}').then(({ resolveDataDirectory }) =>
      process.stdout.write(resolveDataDirectory(undefined, {})))`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--eval', script], {
      encoding: 'utf8',
      env: { ...process.env, HOME: '/home/ada', XDG_DATA_HOME },
    });
    return stdout || stderr;
  };
  assert.equal(folderGiven('/elsewhere'), '/elsewhere/throughline');
  for (const ignored of ['', 'data', './data', '../data', '~/data']) {
    assert.equal(folderGiven(ignored), '/home/ada/.local/share/throughline', ignored);
  }
});

test('a relative path is made absolute, an empty one refused', () => {
  assert.equal(resolveDataDirectory('there', {}), join(process.cwd(), 'there'));
  raises('input.invalid', /--data/, () => resolveDataDirectory(' ', {}));
});

test('a new data directory is for its owner alone, whatever the umask', () => {
  const before = process.umask(0);
  try {
    const directory = openDataDirectory(join(temporaryFolder(), 'deep', 'data'));
    ensureToken(directory);
    writeOwner(directory, { pid: process.pid, startedAt: '1', url: 'http://127.0.0.1:1', version: '0' });
    ensurePrivateFile(directory.database);
    for (const folder of [directory.root, directory.worktrees, directory.rehearsal])
      assert.equal(modeOf(folder), 0o700);
    for (const file of [directory.token, directory.owner, directory.database]) assert.equal(modeOf(file), 0o600);
  } finally {
    process.umask(before);
  }
});

test('a folder that others may only read is closed to them', () => {
  const root = temporaryFolder();
  chmodSync(root, 0o755);
  openDataDirectory(root);
  assert.equal(modeOf(root), 0o700);
});

test('opening twice changes nothing', () => {
  const root = temporaryFolder();
  const token = ensureToken(openDataDirectory(root));
  assert.equal(ensureToken(openDataDirectory(root)), token);
});

test('a folder that others may write in is refused, with the command that repairs it', () => {
  const root = temporaryFolder();
  chmodSync(root, 0o777);
  raises('data.insecure', /written by other users; run: chmod go-rwx/, () => openDataDirectory(root));
  assert.deepEqual(readdirSync(root), []);
});

test('a folder of somebody else is refused', () => {
  if (process.getuid?.() === 0) return; // root owns them all
  raises('data.insecure', /belongs to another user/, () => openDataDirectory('/usr'));
});

test('a symlink in the place of the folder, of one below it or of any file of ours is refused', () => {
  const elsewhere = temporaryFolder();
  const link = join(temporaryFolder(), 'link');
  symlinkSync(elsewhere, link);
  raises('data.insecure', /symlink/, () => openDataDirectory(link));
  raises('data.insecure', /symlink/, () => openDataDirectory(`${link}/`));
  for (const name of [
    'throughline.db',
    'throughline.db-wal',
    'lock.db',
    'token',
    'runtime.json',
    'runtime.log',
    'config.json',
    'worktrees',
    'rehearsal',
  ]) {
    const root = temporaryFolder();
    symlinkSync(join(elsewhere, `target-of-${name}`), join(root, name));
    raises('data.insecure', new RegExp(`${name.replace('.', '\\.')} is a symlink`), () => openDataDirectory(root));
  }
  assert.deepEqual(readdirSync(elsewhere), []);
});

test('a file of ours that others may write is refused', () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'config.json'), '{}');
  chmodSync(join(root, 'config.json'), 0o666);
  raises('data.insecure', /config\.json can be written by other users/, () => openDataDirectory(root));
});

test('a folder in which nothing can be made is said, and not tried for ever', () => {
  if (!existsSync('/proc/self')) return;
  // In a process of its own, because what never ended would end no test either.
  const tried = spawnSync(
    process.execPath,
    [
      '--import',
      'tsx',
      '-e',
      "import('./runtime/data/data-directory.ts').then((m) => m.openDataDirectory('/proc/nothing/x'))",
    ],
    { encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' },
  );
  assert.equal(tried.signal, null, 'it did not end');
  assert.match(tried.stderr, /the folder \/proc\/nothing\/x cannot be made/);
});

test('what is no folder, or cannot be made, is said', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  raises('data.unusable', /is not a folder/, () => openDataDirectory(file));
  raises('data.unusable', /cannot be made/, () => openDataDirectory(join(file, 'below')));
});

test('a token is 32 random bytes and stays', () => {
  const directory = openDataDirectory(temporaryFolder());
  assert.equal(readToken(directory), null);
  const token = ensureToken(directory);
  assert.equal(Buffer.from(token, 'base64url').length, 32);
  assert.equal(readToken(directory), token);
  assert.notEqual(ensureToken(openDataDirectory(temporaryFolder())), token);
});

test('a token that others can read is refused, one that was cut off is made anew', () => {
  const directory = openDataDirectory(temporaryFolder());
  writeFileSync(directory.token, 'half', { mode: 0o600 });
  assert.equal(readToken(directory), null);
  assert.equal(ensureToken(directory).length, 43);
  chmodSync(directory.token, 0o644);
  raises('data.insecure', /can be read by other users/, () => readToken(directory));
});

test('a token behind a symlink is neither read nor written through it', () => {
  const directory = openDataDirectory(temporaryFolder());
  const target = join(temporaryFolder(), 'target');
  symlinkSync(target, directory.token);
  raises('data.insecure', /symlink/, () => readToken(directory));
  raises('data.insecure', /symlink/, () => ensureToken(directory));
  assert.equal(existsSync(target), false);
});

test('what lies in the place of a file but is none does not hang the reader', () => {
  const directory = openDataDirectory(temporaryFolder());
  mkdirSync(directory.owner);
  raises('data.insecure', /not a plain file/, () => readOwner(directory));
});

test('the owner is read back as written, and a damaged one counts as none', () => {
  const directory = openDataDirectory(temporaryFolder());
  assert.equal(readOwner(directory), null);
  const owner = { pid: process.pid, startedAt: 'then', url: 'http://127.0.0.1:4711', version: '0.1.0' };
  writeOwner(directory, owner);
  assert.deepEqual(readOwner(directory), owner);
  assert.deepEqual(readdirSync(directory.root).sort(), ['rehearsal', 'runtime.json', 'worktrees']);
  writeFileSync(directory.owner, '{"pid":"12"}');
  assert.equal(readOwner(directory), null);
  removeOwner(directory);
  removeOwner(directory);
  assert.equal(existsSync(directory.owner), false);
});

test('a process has one start time as long as it lives, and none after', async () => {
  const ours = processStartedAt(process.pid);
  assert.ok(ours);
  const child = spawn(process.execPath, ['-e', 'process.title = "a) R ("; console.log(1); setInterval(() => {}, 1e6)']);
  await once(child.stdout, 'data');
  assert.ok(child.pid);
  const first = processStartedAt(child.pid);
  assert.ok(first);
  assert.equal(processStartedAt(child.pid), first);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(processStartedAt(child.pid), null);
});

test.run();
