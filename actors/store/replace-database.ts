/**
 * Puts another database in the present one's place. Whatever moment it is cut off at, the head mark and the database do
 * not agree, or agree on the new one: that is reported at the next start, and nothing is ever taken for a first start.
 */
import { copyFileSync, existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { type HeadMark, headMarkPath, makeHeadMark } from './chain/head-mark.ts';
import { flushToDisk } from './file/flush-to-disk.ts';

/** The name under which a database is set aside: it says when, in UTC. */
export const setAsideName = (path: string, at: Date): string =>
  `${path}.set-aside-${at.toISOString().replaceAll(':', '').replace('T', '-').slice(0, 17)}`;

/**
 * Moves the database at `path`, with what SQLite keeps beside it and a copy of its mark, to `aside`; puts `replacement`
 * in its place and marks its end. Gives whether there was one to set aside.
 */
export const replaceDatabase = (path: string, aside: string, replacement: string, mark: HeadMark): boolean => {
  const was = existsSync(path);
  const markPath = headMarkPath(path);
  if (existsSync(markPath)) copyFileSync(markPath, `${aside}.head`);
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`);
  }
  flushToDisk(replacement);
  renameSync(replacement, path);
  makeHeadMark(markPath, mark);
  flushToDisk(dirname(path));
  return was;
};
