import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CopiedIndex, copyIndex } from './copy-index.ts';
import type { OpenWorktree } from './open-worktree.ts';

export type { IndexedCall } from './copy-index.ts';

export type TemporaryIndex = Pick<CopiedIndex, 'call' | 'gitlinks'>;

/**
 * Runs `body` with a copy of the worktree's index, removed afterwards. Raises what `copyIndex` and `body` raise.
 */
export const withTemporaryIndex = async <Value>(
  worktree: OpenWorktree,
  body: (index: TemporaryIndex) => Promise<Value>,
): Promise<Value> => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-index-'));
  try {
    return await body(await copyIndex(worktree, join(folder, 'index')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
