import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleThreads } from './bench-thread.ts';
import type { Figure } from './figure.ts';

/** What every measurement gets. */
export type Bench = {
  /** A new empty folder on the disk that is measured. */
  readonly folder: (name: string) => string;
  readonly threads: string;
  /** How many pairs a ratio is the median of. */
  readonly pairs: number;
  /** Says what is going on, to whoever waits. */
  readonly say: (text: string) => void;
};

export type Measure = (bench: Bench) => Promise<readonly Figure[]>;

/** Beside the program, not in the system's folder for temporary files: that may be in memory, where a sync costs nothing. */
const parent = fileURLToPath(new URL('../node_modules/.cache/throughline-bench', import.meta.url));

/** Runs with a folder of its own, which is removed afterwards. */
export const withBench = async <Value>(
  options: Pick<Bench, 'pairs' | 'say'>,
  body: (bench: Bench) => Promise<Value>,
): Promise<Value> => {
  mkdirSync(parent, { recursive: true });
  const root = mkdtempSync(join(parent, 'run-'));
  try {
    const threads = join(root, 'threads');
    await bundleThreads(threads);
    return await body({ ...options, threads, folder: (name) => mkdtempSync(join(root, `${name}-`)) });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

/** The numbers from 0, one for each repeat. */
export const times = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
