/** What `throughline doctor` looks at. It changes nothing. */
import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { compareWithMark } from '../../actors/store/chain/compare-mark.ts';
import { headMarkPath, readHeadMark } from '../../actors/store/chain/head-mark.ts';
import { isCorruption } from '../../actors/store/file/corruption.ts';
import { type Database, Sqlite } from '../../actors/store/file/sqlite.ts';
import { refuseForeign, refuseLoss } from '../../actors/store/open-store.ts';
import { verifyLog } from '../../actors/store/verify/verify-log.ts';
import { type DataDirectory, dataDirectoryIdOf, openDataDirectory } from '../data/data-directory.ts';
import { livingOwner } from '../data/living-owner.ts';
import { isLocked } from '../data/lock.ts';
import { findMarked } from '../processes/orphans.ts';

export type Finding = {
  readonly check: string;
  readonly state: 'well' | 'note' | 'bad';
  readonly says: string;
  /** What can be done about it. */
  readonly advice?: string;
};

const repairAdvice =
  'throughline doctor --repair saves what can be saved; throughline restore FILE goes back to a backup';
const littleSpaceBytes = 100 * 1024 * 1024;

/** Everything but the agents on PATH, in the order a person should read it. */
export const examine = async (directory: DataDirectory): Promise<readonly Finding[]> => {
  if (!existsSync(directory.root)) {
    return [{ check: 'data folder', state: 'note', says: `${directory.root} is made at the first start` }];
  }
  const held = lockHeld(directory);
  const ours = folder(directory);
  return [
    ours,
    space(directory),
    lock(directory, held),
    // Even to read it, SQLite makes files beside it; in a folder that is not in order they would be open as well.
    ...(ours.state === 'bad' ? [unseen] : database(directory)),
    await processes(directory, held),
    ...(ours.state === 'bad' ? [] : worktrees(directory)),
  ];
};

const folder = (directory: DataDirectory): Finding => {
  try {
    openDataDirectory(directory.root);
    return { check: 'data folder', state: 'well', says: `${directory.root}, yours alone` };
  } catch (thrown) {
    return asFinding('data folder', asThroughlineError(thrown));
  }
};

const asFinding = (check: string, { message, hint }: ThroughlineError): Finding => ({
  check,
  state: 'bad',
  says: message,
  ...(hint === undefined ? {} : { advice: hint }),
});

const space = ({ root }: DataDirectory): Finding => {
  const { bavail, bsize } = statfsSync(root);
  const free = bavail * bsize;
  const says = `${Math.round(free / 1024 / 1024).toLocaleString('en')} MB free`;
  if (free >= littleSpaceBytes) return { check: 'disk', state: 'well', says };
  return {
    check: 'disk',
    state: 'bad',
    says,
    advice: 'make room: while the disk is full, events wait and commands are refused',
  };
};

const unseen: Finding = { check: 'database', state: 'note', says: 'looked at only when the data folder is in order' };

/** Whether a runtime runs, or why nobody can know. */
const lockHeld = (directory: DataDirectory): boolean | ThroughlineError => {
  try {
    return isLocked(directory);
  } catch (thrown) {
    return asThroughlineError(thrown);
  }
};

const lock = (directory: DataDirectory, held: boolean | ThroughlineError): Finding => {
  if (held instanceof ThroughlineError) return asFinding('runtime', held);
  if (!held) return { check: 'runtime', state: 'well', says: 'none runs' };
  const owner = livingOwner(directory);
  const says = owner === null ? 'one is just starting or stopping' : `process ${owner.pid} at ${owner.url}`;
  return { check: 'runtime', state: 'well', says };
};

const database = (directory: DataDirectory): readonly Finding[] => {
  const path = directory.database;
  const mark = readHeadMark(headMarkPath(path));
  const bad = (check: string, says: string): Finding => ({ check, state: 'bad', says, advice: repairAdvice });
  let opened: Database | undefined;
  try {
    if (!existsSync(path)) {
      refuseLoss(path, mark);
      return [{ check: 'database', state: 'note', says: 'there is none yet' }];
    }
    opened = new Sqlite(path, { readonly: true });
    opened.pragma('trusted_schema = OFF');
    refuseForeign(opened, path);
    const size = `${(statSync(path).size / 1024 / 1024).toFixed(1)} MB`;
    return [pages(opened, size, bad), head(opened, mark, bad), log(opened, bad)];
  } catch (thrown) {
    if (isCorruption(thrown)) return [bad('database', `it is damaged: ${thrown.message}`)];
    const error = asThroughlineError(thrown);
    // What is merely somebody else's, or cannot be read now, is nothing to repair.
    return [error.code === 'store.damaged' ? bad('database', error.message) : asFinding('database', error)];
  } finally {
    opened?.close();
  }
};

type Bad = (check: string, says: string) => Finding;

const pages = (opened: Database, size: string, bad: Bad): Finding => {
  try {
    const said = opened.pragma('integrity_check(3)', { simple: true });
    return said === 'ok'
      ? { check: 'database', state: 'well', says: `${size}, every page in order` }
      : bad('database', String(said));
  } catch (thrown) {
    if (!isCorruption(thrown)) throw thrown;
    return bad('database', `its pages are damaged: ${thrown.message}`);
  }
};

const head = (opened: Database, mark: ReturnType<typeof readHeadMark>, bad: Bad): Finding => {
  if (mark.kind !== 'mark') {
    return { check: 'head mark', state: 'note', says: 'there is none to compare with; the next start makes one' };
  }
  try {
    const difference = compareWithMark(opened, mark.mark);
    return difference === null
      ? { check: 'head mark', state: 'well', says: `the log holds all up to position ${mark.mark.position}` }
      : bad('head mark', difference);
  } catch (thrown) {
    if (!isCorruption(thrown)) throw thrown;
    return bad('head mark', `the end of the log cannot be read: ${thrown.message}`);
  }
};

const log = (opened: Database, bad: Bad): Finding => {
  const report = verifyLog(opened);
  if (!report.ok) return bad('log', report.difference);
  const lost = report.lost === 0 ? '' : `; ${report.lost} were lost before a repair`;
  return {
    check: 'log',
    state: 'well',
    says: `${report.events} events of ${report.sessions} sessions, as they were written${lost}`,
  };
};

const processes = async (directory: DataDirectory, held: boolean | ThroughlineError): Promise<Finding> => {
  const found = await findMarked(dataDirectoryIdOf(directory));
  if (found.length === 0) return { check: 'processes', state: 'well', says: 'none is left of an agent' };
  const pids = found.map(({ pid }) => pid).join(', ');
  if (held === true) return { check: 'processes', state: 'well', says: `${found.length} of agents at work` };
  return {
    check: 'processes',
    state: 'bad',
    says: `${found.length} are left of a runtime that ended: ${pids}`,
    advice: 'the next start ends them: throughline serve --background',
  };
};

/** Folders and sessions that do not belong together. */
const worktrees = (directory: DataDirectory): readonly Finding[] => {
  const folders = existsSync(directory.worktrees) ? readdirSync(directory.worktrees) : [];
  const known = knownWorktrees(directory);
  if (known === null) return [];
  const missing = [...known].filter(([, path]) => path !== null && !existsSync(path));
  const unknown = folders.filter((name) => !known.has(name));
  const findings: Finding[] = [];
  if (missing.length > 0) {
    findings.push({
      check: 'worktrees',
      state: 'note',
      says: `${missing.length} are missing: ${missing.map(([, path]) => path).join(', ')}`,
      advice: 'their sessions can be read and removed; to go on with one, put its folder back',
    });
  }
  if (unknown.length > 0) {
    findings.push({
      check: 'worktrees',
      state: 'note',
      says: `${unknown.length} belong to no session: ${unknown.map((name) => join(directory.worktrees, name)).join(', ')}`,
      advice: 'look what is in them before you delete them',
    });
  }
  const there = known.size - missing.length;
  return findings.length > 0
    ? findings
    : [{ check: 'worktrees', state: 'well', says: `${there} of sessions, all there` }];
};

const worktreeRows = z.array(z.tuple([z.string(), z.string().nullable()]));

const knownWorktrees = ({ database: path }: DataDirectory): ReadonlyMap<string, string | null> | null => {
  if (!existsSync(path)) return new Map();
  let opened: Database | undefined;
  try {
    opened = new Sqlite(path, { readonly: true });
    const rows = opened
      .prepare('SELECT session_id, worktree_path FROM sessions WHERE removed NOT IN (1, 3)')
      .raw()
      .all();
    return new Map(worktreeRows.parse(rows));
  } catch {
    // What is wrong with the database is said already.
    return null;
  } finally {
    opened?.close();
  }
};
