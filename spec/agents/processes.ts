import { readdirSync, readFileSync } from 'node:fs';

export type RunningProcess = { readonly pid: number; readonly parent: number; readonly group: number };

/** Every process whose environment holds all of the given pieces of text. Those of other people cannot be read. */
export const processesWith = (...pieces: readonly string[]): readonly RunningProcess[] =>
  allPids().flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      if (!pieces.every((piece) => environment.includes(piece))) return [];
      const found = processAt(pid);
      return found === undefined ? [] : [found];
    } catch {
      // It ended while we looked, or it is not ours.
      return [];
    }
  });

/** A process and all that descend from it. */
export const familyOf = (pid: number): readonly RunningProcess[] => {
  const everyone = allPids().flatMap((candidate) => processAt(candidate) ?? []);
  const family = everyone.filter((candidate) => candidate.pid === pid);
  for (const member of family) family.push(...everyone.filter(({ parent }) => parent === member.pid));
  return family;
};

export const isAlive = (pid: number): boolean => processAt(pid) !== undefined;

/** Sends a signal to a process group, or to one process; one that is gone already is fine. */
export const signalGroup = (group: number, signal: NodeJS.Signals): void => signalProcess(-group, signal);

export const signalProcess = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone.
  }
};

const allPids = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const processAt = (pid: number): RunningProcess | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, spaces and parentheses too.
    const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie runs nothing any more; it only waits for its parent to ask.
    if (state === undefined || state === 'Z') return undefined;
    return { pid, parent: Number(parent), group: Number(group) };
  } catch {
    return undefined;
  }
};
