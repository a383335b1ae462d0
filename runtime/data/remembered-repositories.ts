/**
 * Which repositories hold work that can be brought back: the log forgets a repository with its last session, and what was
 * given up there is to be found all the same.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { type DataDirectory, readOwnFile, writeOwnFile } from './data-directory.ts';
import type { Log } from './log.ts';

export type RememberedRepositories = {
  /** The last remembered first. */
  readonly all: () => readonly string[];
  readonly remember: (path: string) => void;
};

const kept = z.array(z.string());
const maxKept = 1_000;

/** What cannot be read is forgotten, what cannot be written is remembered as long as the program lives; nothing is raised. */
export const rememberRepositories = ({ root }: Pick<DataDirectory, 'root'>, log: Log): RememberedRepositories => {
  const file = join(root, 'repositories.json');
  let known: readonly string[] | null = null;
  const all = (): readonly string[] => {
    known ??= read(file);
    return known;
  };
  return {
    all,
    remember: (path) => {
      if (all()[0] === path) return;
      known = [path, ...all().filter((other) => other !== path)].slice(0, maxKept);
      try {
        writeOwnFile(file, JSON.stringify(known));
      } catch (error) {
        log.warn('a repository with discarded work could not be remembered', { repository: path, error });
      }
    },
  };
};

const read = (file: string): readonly string[] => {
  try {
    return kept.parse(JSON.parse(readOwnFile(file, { secret: false }) ?? '[]'));
  } catch {
    return [];
  }
};
