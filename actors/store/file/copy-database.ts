import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { flushToDisk } from './flush-to-disk.ts';
import { makePrivateFile } from './private-file.ts';
import type { Database } from './sqlite.ts';

/**
 * Writes a whole, compact copy of a database to a new file of its owner alone. The copy is of one moment, however much
 * is committed meanwhile, and on the disk when this returns. Raises when the file is there already; what was begun is removed on failure.
 */
export const copyDatabase = (database: Database, path: string): void => {
  makePrivateFile(path);
  try {
    database.prepare('VACUUM INTO ?').run(path);
    flushToDisk(path);
    flushToDisk(dirname(path));
  } catch (thrown) {
    rmSync(path, { force: true });
    throw thrown;
  }
};
