/** How a secret is handed to another program: in a file that only its owner can read, never in the process list. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type PrivateFile = {
  readonly folder: string;
  readonly path: string;
  /** Removes the file and its folder. Idempotent. */
  readonly forget: () => void;
};

/** Writes a file of mode 0600 in a new folder of mode 0700. The caller forgets it as soon as it has been read. */
export const writePrivateFile = (name: string, content: string, parent: string = tmpdir()): PrivateFile => {
  const folder = mkdtempSync(join(parent, 'throughline-window-'));
  const path = join(folder, name);
  const forget = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
  } catch (thrown) {
    forget();
    throw thrown;
  }
  return { folder, path, forget };
};
