/**
 * Agents that a dead runtime left behind. Each is known by the pid and start time that the log has of it; on Linux
 * whatever carries our mark in its environment is found as well, which reaches those that left their group.
 */
import { readdir, readFile } from 'node:fs/promises';
import { isSessionId, type SessionId } from '../../actors/protocol/facts/ids.ts';
import type { AgentOfEarlierEpoch } from '../../actors/protocol/threads/writer-messages.ts';
import { groupLives, signalGroup, termGraceMs } from './process-group.ts';
import { processStartedAt, processStat } from './process-start.ts';

/** The variable that marks an agent and all its descendants: the data directory and the session. */
export const markOf = (dataDirectoryId: string, sessionId: SessionId): string => `${dataDirectoryId}/${sessionId}`;

/** The mark of a git that changes a repository: it would go on under the next runtime, and be in its way. */
export const gitMarkOf = (dataDirectoryId: string): string => `${dataDirectoryId}/git`;

/**
 * The mark of an agent that this process speaks with outside of any session. While this process lives, a runtime that
 * starts leaves it alone.
 */
export const askedMarkOf = (dataDirectoryId: string): string =>
  `${dataDirectoryId}/asked-by-${process.pid}-${processStartedAt(process.pid) ?? 'unknown'}`;

export type Orphans = {
  readonly sessionId: SessionId;
  readonly pid: number;
  /** How many processes were found, descendants included. */
  readonly processes: number;
};

type Found = {
  /** Null for git, which is no session's. */
  readonly sessionId: SessionId | null;
  readonly pid: number;
  readonly startedAt: string;
  readonly isGroup: boolean;
};

type Marked = Found & { readonly mark: string };

/**
 * Finds and ends them, and git: SIGTERM, a grace, SIGKILL. Gives what agents were ended, by session. Never touches a
 * process that is not provably ours: a pid whose start time differs belongs to somebody else.
 */
export const stopOrphans = async (options: {
  readonly agents: readonly AgentOfEarlierEpoch[];
  readonly dataDirectoryId: string;
}): Promise<readonly Orphans[]> => {
  const recorded = options.agents
    .filter(({ pid, startedAt }) => processStartedAt(pid) === startedAt)
    .map((agent): Found => ({ ...agent, isGroup: true }));
  const groups = new Set(recorded.map(({ pid }) => pid));
  const marked = (await markedProcesses(`${options.dataDirectoryId}/`)).filter(({ pid }) => !groups.has(pid));
  const found = [...recorded, ...marked];
  if (found.length === 0) return [];
  await endAll(found);
  await endRisen(`${options.dataDirectoryId}/`);
  return bySession(found);
};

/** Ends whatever carries a session's mark: what its agent started outside of its process group. */
export type EndMarked = (mark: string) => Promise<void>;

/** One for all sessions of a runtime: a thousand may end at once, and share their looks at all processes. */
export const createEndMarked = (): EndMarked => {
  const scan = sharedScan();
  return async (mark) => {
    const found = await markedProcesses(mark, scan);
    if (found.length === 0) return;
    await endAll(found);
    await endRisen(mark, scan);
  };
};

/** One process, by what no other has: its pid may be given to somebody else when it has ended. */
export type MarkedProcess = { readonly pid: number; readonly startedAt: string };

/** Whether the process that was found is still there. */
export const isTheSame = ({ pid, startedAt }: MarkedProcess): boolean => processStartedAt(pid) === startedAt;

/** Finds what carries a session's mark, touching nothing. One for all sessions, as `createEndMarked` is. */
export const createFindMarked = (): ((mark: string) => Promise<readonly MarkedProcess[]>) => {
  const scan = sharedScan();
  return async (mark) => (await markedProcesses(mark, scan)).map(({ pid, startedAt }) => ({ pid, startedAt }));
};

/** Ends those of a mark that were found before and still are the same, with what descends from them; gives how many. */
export const endProcesses = async (mark: string, processes: readonly MarkedProcess[]): Promise<number> => {
  const meant = new Map(processes.map(({ pid, startedAt }) => [pid, startedAt]));
  const marked = await markedProcesses(mark);
  const ending = new Set(marked.filter(({ pid, startedAt }) => meant.get(pid) === startedAt));
  const descends = ({ pid }: Found): boolean => {
    const parent = processStat(pid)?.parent;
    return [...ending].some((each) => each.pid === parent);
  };
  for (let size = -1; size !== ending.size; ) {
    size = ending.size;
    for (const each of marked) if (!ending.has(each) && descends(each)) ending.add(each);
  }
  await endAll([...ending]);
  return ending.size;
};

/**
 * Ends whoever carries a mark and is in this process group, whose leader has ended: such a number may be given to others,
 * who carry no mark of ours. Where the system tells no marks, the group is all there is to go by.
 */
export const endMarkedGroup = async (mark: string, group: number): Promise<void> => {
  if (process.platform !== 'linux') return endAll([{ sessionId: null, pid: group, startedAt: '', isGroup: true }]);
  const found = await markedProcesses(mark);
  await endAll(found.filter(({ pid }) => processStat(pid)?.group === group));
};

const mostRounds = 10;

// Whoever is asked to end may have started another in its place. Those get no grace, and so no time to do it again.
const endRisen = async (mark: string, scan?: Scan): Promise<void> => {
  for (let round = 0; round < mostRounds; round += 1) {
    const risen = await markedProcesses(mark, scan);
    if (risen.length === 0) return;
    for (const process of risen) signal(process, 'SIGKILL');
    await passing(risen);
  }
};

/** Processes that carry the mark of a data directory, without touching them. */
export const findMarked = async (dataDirectoryId: string): Promise<readonly { readonly pid: number }[]> =>
  markedProcesses(`${dataDirectoryId}/`);

const endAll = async (found: readonly Found[]): Promise<void> => {
  for (const process of found) signal(process, 'SIGTERM');
  await passing(found);
  for (const process of found) if (lives(process)) signal(process, 'SIGKILL');
  await passing(found);
};

/** Waits until they are gone, for as long as the grace is. By a clock that nobody sets: the one on the wall may jump. */
const passing = async (found: readonly Found[]): Promise<void> => {
  const deadline = performance.now() + termGraceMs;
  while (found.some(lives) && performance.now() < deadline) await pause(25);
};

const bySession = (found: readonly Found[]): readonly Orphans[] => {
  const sessions = new Map<SessionId, Found[]>();
  for (const process of found) {
    const { sessionId } = process;
    if (sessionId !== null) sessions.set(sessionId, [...(sessions.get(sessionId) ?? []), process]);
  }
  return [...sessions].map(([sessionId, processes]) => ({
    sessionId,
    pid: processes[0]?.pid ?? 0,
    processes: processes.length,
  }));
};

const signal = ({ pid, isGroup }: Found, name: NodeJS.Signals): void => {
  if (isGroup) signalGroup(pid, name);
  else {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended in the meantime.
    }
  }
};

const lives = ({ pid, startedAt, isGroup }: Found): boolean =>
  isGroup ? groupLives(pid) : processStartedAt(pid) === startedAt;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const markVariable = 'THROUGHLINE_RUN=';

/** Those whose mark begins like this; not those that somebody who lives is speaking with, unless that is the mark. */
const markedProcesses = async (beginning: string, scan: Scan = scanProcesses): Promise<readonly Found[]> =>
  (await scan()).filter(({ mark }) => mark.startsWith(beginning) && (mark === beginning || !isAsked(mark)));

const isAsked = (mark: string): boolean => {
  const [, pid, startedAt] = /\/asked-by-(\d+)-(.*)$/.exec(mark) ?? [];
  return startedAt !== undefined && processStartedAt(Number(pid)) === startedAt;
};

/** A look at all processes. */
type Scan = () => Promise<readonly Marked[]>;

/** One look at a time (single flight); it serves everybody who asked before it began. */
const sharedScan = (): Scan => {
  let asked: Promise<readonly Marked[]> | null = null;
  let latest: Promise<unknown> = Promise.resolve();
  return () => {
    asked ??= latest.then(() => {
      asked = null;
      const begun = scanProcesses();
      latest = begun.catch(() => {});
      return begun;
    });
    return asked;
  };
};

/** So many are read at a time: the scan of a full machine takes a little longer, and nobody else has to wait. */
const lanes = 8;

const scanProcesses: Scan = async () => {
  if (process.platform !== 'linux') return [];
  const ours = await ancestors();
  const pids = (await readdir('/proc').catch(() => []))
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => !ours.has(pid));
  const found: Marked[] = [];
  const lane = async (): Promise<void> => {
    for (let pid = pids.pop(); pid !== undefined; pid = pids.pop()) {
      if ((await markInEnvironment(pid)) === null) continue;
      // Its mark is read again after its start: a pid that changes hands in between is then nobody's.
      const startedAt = processStartedAt(pid);
      const mark = await markInEnvironment(pid);
      if (startedAt === null || mark === null) continue;
      const owner = mark.slice(mark.indexOf('/') + 1);
      found.push({ mark, sessionId: isSessionId(owner) ? owner : null, pid, startedAt, isGroup: false });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return found;
};

const markInEnvironment = async (pid: number): Promise<string | null> => {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const variable = environment.split('\0').find((each) => each.startsWith(markVariable));
  return variable?.slice(markVariable.length) ?? null;
};

/** This process and those it descends from: a runtime that an agent started carries the mark, and must not end itself. */
const ancestors = async (): Promise<ReadonlySet<number>> => {
  const pids = new Set<number>();
  for (let pid = process.pid; pid > 1 && !pids.has(pid); ) {
    pids.add(pid);
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // The name in parentheses may hold anything; the parent is the second field after it.
    pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  }
  return pids;
};
