/** The port of the last runtime, so that the next one can be found where open pages look for it. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataDirectory, readOwnFile } from './data-directory.ts';

const portFile = ({ root }: Pick<DataDirectory, 'root'>): string => join(root, 'port');

/** Null when there is none, or nothing that is one. It is only a wish, so nothing is raised. */
export const readLastPort = (directory: Pick<DataDirectory, 'root'>): number | null => {
  try {
    const text = readOwnFile(portFile(directory), { secret: false })?.trim() ?? '';
    const port = Number(text);
    return /^\d{4,5}$/.test(text) && port >= 1024 && port <= 65_535 ? port : null;
  } catch {
    return null;
  }
};

/** Keeps the port for the next start. */
export const writeLastPort = (directory: Pick<DataDirectory, 'root'>, port: number): void => {
  const temporary = `${portFile(directory)}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, `${port}\n`, { flag: 'wx', mode: 0o600 });
  renameSync(temporary, portFile(directory));
};
