/**
 * The folder that holds everything one Throughline keeps: its database, lock, token, log and worktrees. It belongs to
 * one person; nobody else may read or write it, and no symlink in it may lead our writes somewhere else.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import * as z from 'zod';
import { codeOf, ThroughlineError } from '../../actors/protocol/facts/error.ts';

/** The paths of a data directory; all absolute. */
export type DataDirectory = {
  readonly root: string;
  readonly database: string;
  /** What the database held last, remembered outside of it: see `head-mark.ts`. */
  readonly headMark: string;
  readonly lock: string;
  /** Who serves this data directory: `Owner` as JSON, there as long as the runtime is. */
  readonly owner: string;
  readonly token: string;
  readonly log: string;
  readonly worktrees: string;
  /** Where the indexes are kept that snapshots of the worktrees are made with. */
  readonly snapshots: string;
  /** What a person may write: see `configuration.ts`. */
  readonly configuration: string;
  /** Where rehearsal agents keep their conversations. */
  readonly rehearsal: string;
};

const owner = z.object({
  pid: z.number().int().positive(),
  /** When that process began, so that a pid given to somebody else is not taken for it. */
  startedAt: z.string(),
  url: z.string(),
  version: z.string(),
});
/** The runtime that serves a data directory. */
export type Owner = Readonly<z.infer<typeof owner>>;

/**
 * The data directory's absolute path: what was asked for, else THROUGHLINE_DATA, else the platform's data folder.
 * Raises `input.invalid` for an empty path.
 */
export const resolveDataDirectory = (explicit?: string, environment: NodeJS.ProcessEnv = process.env): string => {
  if (explicit !== undefined && explicit.trim() === '') {
    throw new ThroughlineError('input.invalid', 'the data directory cannot be an empty path', {
      hint: 'give --data a folder, or leave it out for the default one',
    });
  }
  return resolve(explicit || environment.THROUGHLINE_DATA || platformFolder());
};

const platformFolder = (): string => {
  const { data } = envPaths('throughline', { suffix: '' });
  // Only a relative XDG_DATA_HOME gives a relative path, and the XDG Base Directory Specification has it ignored.
  return isAbsolute(data) ? data : join(homedir(), '.local', 'share', 'throughline');
};

/** The paths of a data directory, without a look at the disk. */
export const dataDirectoryAt = (path: string): DataDirectory => {
  const root = resolve(path);
  return {
    root,
    database: join(root, 'throughline.db'),
    headMark: join(root, 'throughline.head'),
    lock: join(root, 'lock.db'),
    owner: join(root, 'runtime.json'),
    token: join(root, 'token'),
    log: join(root, 'runtime.log'),
    worktrees: join(root, 'worktrees'),
    snapshots: join(root, 'snapshots'),
    configuration: join(root, 'config.json'),
    rehearsal: join(root, 'rehearsal'),
  };
};

/** What marks the processes of a data directory, so that those of another are left alone. */
export const dataDirectoryIdOf = ({ root }: DataDirectory): string =>
  createHash('sha256').update(root).digest('hex').slice(0, 16);

/**
 * Makes the data directory if there is none, for its owner alone (0700), and gives its paths.
 * Raises `data.insecure` when it, or a file of ours in it, is a symlink or could be written by somebody else, and
 * `data.unusable` when it cannot be made or is no folder.
 */
export const openDataDirectory = (path: string): DataDirectory => {
  const directory = dataDirectoryAt(path);
  checkParents(directory.root);
  makeFolder(directory.root);
  checkOwnFolder(directory.root);
  for (const folder of [directory.worktrees, directory.rehearsal]) {
    makeFolder(folder);
    checkOwnFolder(folder);
  }
  for (const file of ownFiles(directory)) {
    const found = entryAt(file);
    if (found !== undefined) checkOwnFile(file, found);
  }
  return directory;
};

/**
 * Makes an empty file for its owner alone (0600) where there is none. SQLite gives its `-wal` and `-shm` files the
 * mode of the database, so a database that begins like this stays private whatever the umask is.
 */
export const ensurePrivateFile = (path: string): void => {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  }
};

/**
 * The token of a data directory, or null when it has none yet (or one that was cut off while it was written).
 * Raises `data.insecure` when somebody else could know or have chosen it.
 */
export const readToken = (directory: DataDirectory): string | null => {
  const text = readOwnFile(directory.token, { secret: true })?.trim();
  return text !== undefined && /^[A-Za-z0-9_-]{43}$/.test(text) ? text : null;
};

/** The token of a data directory, made if there is none. Only who holds the lock may call this. */
export const ensureToken = (directory: DataDirectory): string => {
  const known = readToken(directory);
  if (known !== null) return known;
  rmSync(directory.token, { force: true });
  const token = randomBytes(32).toString('base64url');
  writeFileSync(directory.token, token, { flag: 'wx', mode: 0o600 });
  return token;
};

/** Says who serves this data directory. A reader finds the whole of it or what was there before. */
export const writeOwner = (directory: DataDirectory, serving: Owner): void =>
  writeOwnFile(directory.owner, `${JSON.stringify(serving)}\n`);

/**
 * Who serves, or served, this data directory; null when nobody says so. After a crash the file is still there: whether
 * somebody serves it now is what `isLocked` knows.
 */
export const readOwner = (directory: DataDirectory): Owner | null => {
  const text = readOwnFile(directory.owner, { secret: false });
  if (text === null) return null;
  try {
    return owner.parse(JSON.parse(text));
  } catch {
    return null;
  }
};

/** Says that nobody serves this data directory any more. */
export const removeOwner = (directory: DataDirectory): void => {
  rmSync(directory.owner, { force: true });
};

const ownFiles = (directory: DataDirectory): readonly string[] => [
  directory.database,
  `${directory.database}-wal`,
  `${directory.database}-shm`,
  directory.headMark,
  directory.lock,
  `${directory.lock}-journal`,
  directory.owner,
  directory.token,
  directory.log,
  `${directory.log}.1`,
  directory.configuration,
  ...['search.db', 'search.db-wal', 'search.db-shm', 'port', 'window.json', 'remembered.json'].map((name) =>
    join(directory.root, name),
  ),
];

/** What a path names, symlinks not followed; undefined when nothing can be found there. */
const entryAt = (path: string): Stats | undefined => {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
};

// One folder after the other: mkdirSync's own recursion never ends where a folder exists and yet says ENOENT to what is
// to be made in it, as those of /proc do.
const makeWithParents = (path: string): void => {
  const parent = dirname(path);
  if (entryAt(path) !== undefined) return;
  if (parent !== path) makeWithParents(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (thrown) {
    // Made by somebody else meanwhile; what it is, is looked at afterwards.
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  }
};

const makeFolder = (path: string): void => {
  try {
    makeWithParents(path);
  } catch (cause) {
    // Something that is no folder is in its place, and the checks that follow say that better.
    if (entryAt(path) !== undefined) return;
    throw new ThroughlineError('data.unusable', `the folder ${path} cannot be made: ${describe(cause)}`, {
      hint: `make sure that ${dirname(path)} is a folder you may write in, or choose another with --data`,
      cause,
    });
  }
};

/**
 * Whoever can write in a folder above ours could take ours away and put another in its place. A folder of the kind of
 * /tmp is fine: there everybody moves only what is their own.
 */
const checkParents = (path: string): void => {
  if (!hasModes) return;
  let parent = dirname(path);
  while (entryAt(parent) === undefined && parent !== dirname(parent)) parent = dirname(parent);
  for (let folder = realpathSync(parent); ; folder = dirname(folder)) {
    const { mode } = statSync(folder);
    if ((mode & 0o002) !== 0 && (mode & stickyBit) === 0) {
      throw insecure(`${folder}, in which ${path} is, can be written by anybody`, `run: chmod o-w '${folder}'`);
    }
    if (folder === dirname(folder)) return;
  }
};

const stickyBit = 0o1000;

const checkOwnFolder = (path: string): void => {
  const found = lstatSync(path);
  checkNotSymlink(path, found);
  if (!found.isDirectory()) {
    throw new ThroughlineError('data.unusable', `${path} is not a folder`, {
      hint: 'move it away, or choose another data directory with --data',
    });
  }
  checkOnlyOurs(path, found);
  // Ours, and nobody else writes in it; that others may look into it ends here.
  if (hasModes && (found.mode & 0o077) !== 0) chmodSync(path, 0o700);
};

const checkOwnFile = (path: string, found: Stats): void => {
  checkNotSymlink(path, found);
  if (!found.isFile()) throw insecure(`${path} is not a plain file`, 'move it away and start again');
  checkOnlyOurs(path, found);
};

const checkNotSymlink = (path: string, found: Stats): void => {
  if (!found.isSymbolicLink()) return;
  throw insecure(
    `${path} is a symlink, so what is written there could end up anywhere`,
    'put the real one in its place, or name the real folder with --data',
  );
};

const checkOnlyOurs = (path: string, found: Stats): void => {
  if (!hasModes) return;
  const ourUser = process.getuid?.();
  if (found.uid !== ourUser) {
    throw insecure(
      `${path} belongs to another user (${found.uid}; you are ${ourUser})`,
      'run as that user, or choose another data directory with --data',
    );
  }
  if ((found.mode & 0o022) !== 0)
    throw insecure(`${path} can be written by other users`, `run: chmod go-rwx '${path}'`);
};

/**
 * Reads a file of ours as one step with its checks, so that it cannot be exchanged in between. Null: there is none.
 * Raises `data.insecure` as `openDataDirectory` does; a secret that others can read is refused too.
 */
export const readOwnFile = (path: string, options: { readonly secret: boolean }): string | null => {
  let descriptor: number;
  try {
    // Without O_NONBLOCK the opening of a named pipe that was put there would wait for ever.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    const found = entryAt(path);
    if (found !== undefined) checkOwnFile(path, found);
    throw insecure(`${path} cannot be read: ${describe(thrown)}`, `run: chmod 600 '${path}'`, thrown);
  }
  try {
    const found = fstatSync(descriptor);
    checkOwnFile(path, found);
    if (options.secret && hasModes && (found.mode & 0o077) !== 0) {
      throw insecure(`${path} can be read by other users`, 'remove it while no runtime runs; a new one is made then');
    }
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
};

/** Puts a file of ours in the place of what was there, so that a reader finds the whole of one or of the other. */
export const writeOwnFile = (path: string, text: string): void => {
  const temporary = `${path}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
  renameSync(temporary, path);
};

/** Windows has neither owners nor modes as POSIX means them; there the user's profile is private by its own rules. */
const hasModes = process.platform !== 'win32';

const insecure = (message: string, hint: string, cause?: unknown): ThroughlineError =>
  new ThroughlineError('data.insecure', message, cause === undefined ? { hint } : { hint, cause });

const describe = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
