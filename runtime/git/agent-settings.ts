import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from './command/run-git.ts';
import type { Repository } from './repository.ts';

/**
 * Files of a repository that agents read as their own settings: they can name commands to run, servers to start and
 * what needs no approval. Who clones a repository gets them along.
 */
const settingsFiles: readonly string[] = [
  '.mcp.json',
  '.claude/settings.json',
  '.claude/settings.local.json',
  '.codex/config.toml',
  '.cursor/mcp.json',
  '.gemini/settings.json',
  '.opencode',
  'opencode.json',
  'opencode.jsonc',
];

/** Those of them that this repository has: in the commit that is checked out, or in its folder. */
export const agentSettingsIn = async ({ root, headCommit }: Repository): Promise<readonly string[]> => {
  const listed = await runGit({
    cwd: root,
    arguments: ['ls-tree', '-z', '--name-only', '--full-tree', headCommit, '--', ...settingsFiles],
  });
  const committed = new Set(listed.split('\0'));
  const isThere = async (name: string): Promise<boolean> =>
    committed.has(name) || (await lstat(join(root, name)).catch(() => null)) !== null;
  const found = await Promise.all(settingsFiles.map(isThere));
  return settingsFiles.filter((_, index) => found[index]);
};
