/**
 * The submodules of a new worktree, from what the person's checkout has of them: no network, and nothing of what they
 * configure is run. Each is a clone of its own, so what is done in it stays out of the person's.
 */
import { lstat, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { asThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { type GitCall, runGit, tryGit } from '../../git/command/run-git.ts';
import type { WorkingTree } from './copy-files.ts';

const deepest = 4;
const mostModules = 200;
const cloneTimeLimitMs = 5 * 60_000;
const maxListBytes = 64 * 1024 * 1024;

/**
 * Fills in the submodules; gives a note for each that is not there. `modules` is the folder in which the repository keeps
 * those of the person's checkout.
 */
export const fillSubmodules = async (tree: WorkingTree, modules: string, depth = 1): Promise<readonly string[]> => {
  const notes: string[] = [];
  for (const { path, name, commit } of await submodulesOf(tree)) {
    const why = await fill({ tree, modules, path, name, commit, depth }).catch(
      (thrown) => asThroughlineError(thrown).message,
    );
    if (typeof why === 'string') notes.push(`submodule ${path} is not there: ${why}`);
    else notes.push(...why.map((note) => `${path}: ${note}`));
  }
  return notes;
};

type Submodule = { readonly path: string; readonly name: string | null; readonly commit: string };

const submodulesOf = async ({ call }: WorkingTree): Promise<readonly Submodule[]> => {
  const argv = ['ls-files', '-z', '--stage'];
  const listed = await runGit({ ...call, arguments: argv, maxOutputBytes: maxListBytes, cutOutput: true });
  const links = listed.split('\0').flatMap((record) => {
    const [, commit, path] = /^160000 ([0-9a-f]+) \d\t(.+)$/s.exec(record) ?? [];
    return commit === undefined || path === undefined ? [] : [{ commit, path }];
  });
  if (links.length === 0) return [];
  const names = await namesByPath(call);
  return links.slice(0, mostModules).map((link) => ({ ...link, name: names.get(link.path) ?? null }));
};

const namesByPath = async (call: WorkingTree['call']): Promise<ReadonlyMap<string, string>> => {
  const file = join(call.cwd, '.gitmodules');
  if (!(await lstat(file).catch(() => null))?.isFile()) return new Map();
  const argv = ['config', '--null', '--file', file, '--get-regexp', '^submodule\\..*\\.path$'];
  const listed = await tryGit({ ...call, arguments: argv });
  return new Map(
    listed.stdout.split('\0').flatMap((entry) => {
      const [, name, path] = /^submodule\.(.+)\.path\n(.+)$/s.exec(entry) ?? [];
      return name === undefined || path === undefined ? [] : [[path, name] as const];
    }),
  );
};

/** Fills one in, and gives the notes of those inside it; a text says why it could not. */
const fill = async (options: {
  readonly tree: WorkingTree;
  readonly modules: string;
  readonly path: string;
  readonly name: string | null;
  readonly commit: string;
  readonly depth: number;
}): Promise<string | readonly string[]> => {
  const { tree, modules, path, name, commit, depth } = options;
  if (name === null) return '.gitmodules does not name it';
  if (depth > deepest) return 'it is nested too deeply';
  const fetch = `run git submodule update --init -- ${path}, or have the setup do it`;
  const source = await moduleFolder(modules, name);
  if (source === null) return `your checkout does not have it either (${fetch})`;
  const folder = join(tree.path, path);
  const found = await lstat(folder).catch(() => null);
  if (!found?.isDirectory() || (await readdir(folder)).length > 0) return 'something else is in its place';
  const inSource = { cwd: source, environment: { GIT_DIR: source } };
  const has = await tryGit({ ...inSource, arguments: ['rev-parse', '--verify', '--quiet', `${commit}^{commit}`] });
  if (has.exitCode !== 0) return `your checkout has not fetched ${commit.slice(0, 12)} (${fetch})`;
  await runGit({
    cwd: tree.path,
    environment: { GIT_ALLOW_PROTOCOL: 'file' },
    // Else `protocol.allow`, which every call carries, is heard.
    arguments: [
      '-c',
      'protocol.file.allow=always',
      'clone',
      '--quiet',
      '--no-checkout',
      '--local',
      '--template=',
      '--',
      source,
      folder,
    ],
    timeLimitMs: cloneTimeLimitMs,
  });
  const inFolder: Required<Pick<GitCall, 'cwd' | 'environment'>> = {
    cwd: folder,
    environment: { GIT_DIR: join(folder, '.git'), GIT_WORK_TREE: folder },
  };
  const url = await tryGit({ ...inSource, arguments: ['config', '--get', 'remote.origin.url'] });
  // Else what is fetched and pushed there would go to the person's copy.
  await tryGit({ ...inFolder, arguments: ['config', 'remote.origin.url', url.stdout.replace(/\n$/, '')] });
  await runGit({
    ...inFolder,
    arguments: ['update-ref', '--no-deref', 'HEAD', commit],
  });
  await runGit({ ...inFolder, arguments: ['reset', '--hard', '--quiet'], timeLimitMs: cloneTimeLimitMs });
  return fillSubmodules({ path: folder, call: inFolder }, join(source, 'modules'), depth + 1);
};

/** Where the person's checkout keeps a submodule; null where it has none of that name, or that leads elsewhere. */
const moduleFolder = async (modules: string, name: string): Promise<string | null> => {
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..')) return null;
  const top = await realpath(modules).catch(() => null);
  const folder = await realpath(join(modules, name)).catch(() => null);
  return top !== null && folder?.startsWith(top + sep) ? folder : null;
};
