/** The port of the last runtime, so that the next one can be found where open pages look for it. */
import { join } from 'node:path';
import { type DataDirectory, readOwnFile, writeOwnFile } from './data-directory.ts';

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
export const writeLastPort = (directory: Pick<DataDirectory, 'root'>, port: number): void =>
  writeOwnFile(portFile(directory), `${port}\n`);
