/**
 * The sessions that wait to go on, of all accounts: who may now, and when somebody has to look again. Those that wait for
 * a limit of one account stand in one line: the first goes on alone, to try whether the limit is lifted; when it has
 * worked for a while, the others follow one after another. One that meets the limit again postpones all of them. Pure.
 */
import type { PauseCause } from '../../protocol/facts/limit-events.ts';

export type Waiting<Id> = {
  readonly id: Id;
  /** Whose limit it is: the agent. */
  readonly account: string;
  readonly why: PauseCause;
  /** When it goes on, in milliseconds UTC; null: when a person says so. */
  readonly until: number | null;
  /** Since when it waits. */
  readonly since: number;
};

/** The last that went on in a line. */
export type Started<Id> = { readonly id: Id; readonly at: number; readonly proven: boolean };

export type Line<Id> = {
  readonly waiting: ReadonlyMap<Id, Waiting<Id>>;
  readonly started: ReadonlyMap<string, Started<Id>>;
};

/** The first works for so long before the next follows it. */
export const proofMs = 20_000;
/** And then one goes on in so long. */
export const spacingMs = 2_000;

export const emptyLine = <Id>(): Line<Id> => ({ waiting: new Map(), started: new Map() });

/** One more waits, or waits for something else. A limit that is met again holds all of its account until then. */
export const withWaiting = <Id>(line: Line<Id>, next: Waiting<Id>): Line<Id> => {
  const waiting = new Map(line.waiting).set(next.id, next);
  if (next.why !== 'limit') return { ...line, waiting };
  const started = new Map(line.started);
  started.delete(next.account);
  if (next.until !== null) {
    for (const other of waiting.values()) {
      // What a person holds stays held.
      if (!isInLine(other, next.account) || other.until === null || other.until >= next.until) continue;
      waiting.set(other.id, { ...other, until: next.until });
    }
  }
  return { waiting, started };
};

/** A person has said when this one goes on. */
export const withMoved = <Id>(line: Line<Id>, id: Id, until: number | null): Line<Id> => {
  const of = line.waiting.get(id);
  return of === undefined ? line : { ...line, waiting: new Map(line.waiting).set(id, { ...of, until }) };
};

/** This one waits as it did, or from an earlier time on, which says nothing of the others. */
export const withReturned = <Id>(line: Line<Id>, was: Waiting<Id>): Line<Id> => ({
  ...line,
  waiting: new Map(line.waiting).set(was.id, was),
});

/** This one waits no more: its run has ended, or it went on. `worked`: by that it is known that the limit is lifted. */
export const withoutWaiting = <Id>(line: Line<Id>, id: Id, worked = false): Line<Id> => {
  const waiting = new Map(line.waiting);
  waiting.delete(id);
  const started = new Map(line.started);
  for (const [account, last] of started) if (last.id === id && worked) started.set(account, { ...last, proven: true });
  return { waiting, started };
};

/** It goes on now. */
export const withStarted = <Id>(line: Line<Id>, id: Id, now: number): Line<Id> => {
  const of = line.waiting.get(id);
  const waiting = new Map(line.waiting);
  waiting.delete(id);
  if (of?.why !== 'limit') return { ...line, waiting };
  const before = line.started.get(of.account);
  const proven = before !== undefined && isProven(before, now);
  return { waiting, started: new Map(line.started).set(of.account, { id, at: now, proven }) };
};

export type Due<Id> = {
  /** Who goes on now, in their order: of each line one at most. */
  readonly due: readonly Id[];
  /** When somebody has to look again; null: nobody waits for a time. */
  readonly next: number | null;
};

/** Who goes on at this time. */
export const dueIn = <Id>(line: Line<Id>, now: number): Due<Id> => {
  const due: Id[] = [];
  let next: number | null = null;
  const taken = new Set<string>();
  for (const { id, account, why, until } of [...line.waiting.values()].sort(byTime)) {
    if (until === null) continue;
    const inLine = why === 'limit';
    if (inLine && taken.has(account)) continue;
    if (inLine) taken.add(account);
    const at = inLine ? Math.max(until, freeAt(line.started.get(account), now)) : until;
    if (at <= now) {
      due.push(id);
      if (inLine) next = earlier(next, now + spacingMs);
    } else next = earlier(next, at);
  }
  return { due, next };
};

const freeAt = <Id>(last: Started<Id> | undefined, now: number): number => {
  // A clock that was put back holds nobody for longer than this.
  if (last === undefined || last.at > now) return 0;
  return last.at + (last.proven ? spacingMs : proofMs);
};

const isProven = <Id>({ at, proven }: Started<Id>, now: number): boolean => proven || now - at >= proofMs;

const isInLine = <Id>({ account, why }: Waiting<Id>, of: string): boolean => why === 'limit' && account === of;

const byTime = <Id>(a: Waiting<Id>, b: Waiting<Id>): number =>
  (a.until ?? Infinity) - (b.until ?? Infinity) || a.since - b.since;

const earlier = (a: number | null, b: number): number => (a === null ? b : Math.min(a, b));
