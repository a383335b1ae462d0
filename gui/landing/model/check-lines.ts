/** How the checks of a session stand, one line each: what the repository offers, and how each ended the last time. Pure. */
import type { CommandOutcome } from '../../../actors/protocol/facts/work-events.ts';
import type { RanCommand } from '../../../actors/protocol/gateway/work.ts';

export type CheckLine = {
  readonly name: string;
  readonly command: string;
  /** How often a failure goes to the agent by itself; null: it does not. */
  readonly tries: number | null;
  /** Null: it has not run. */
  readonly last: RanCommand | null;
  /** How long it took the last time it ended by itself, in milliseconds. */
  readonly usualMs: number | null;
};

export type OfferedCheck = Pick<CheckLine, 'name' | 'command' | 'tries'>;

/** In the order the repository names them; one that it names no more is there while it runs. */
export const checkLines = (offered: readonly OfferedCheck[], commands: readonly RanCommand[]): readonly CheckLine[] => {
  const checks = commands.filter(({ kind }) => kind === 'check');
  const lineOf = (offer: OfferedCheck): CheckLine => {
    const runs = checks.filter(({ name }) => name === offer.name);
    const ended = runs.findLast(({ outcome }) => outcome === 'passed' || outcome === 'failed');
    const usualMs = ended === undefined || ended.endedAt === null ? null : ended.endedAt - ended.at;
    return { ...offer, last: runs.at(-1) ?? null, usualMs };
  };
  const named = new Set(offered.map(({ name }) => name));
  const others = checks.filter(({ name, outcome }) => outcome === null && !named.has(name));
  return [...offered, ...others.map(({ name, command }) => ({ name, command, tries: null }))].map(lineOf);
};

/** Whether it stands in the way of landing. */
export const isFailing = ({ last }: CheckLine): boolean =>
  last !== null && last.outcome !== null && last.outcome !== 'passed' && last.outcome !== 'cancelled';

export const isRunning = ({ last }: CheckLine): boolean => last !== null && last.outcome === null;

const outcomeWords: Readonly<Record<CommandOutcome, string>> = {
  passed: 'passed',
  failed: 'fails',
  cancelled: 'was stopped',
  timed_out: 'took too long',
  lost: 'was cut off',
};

/** How it stands, in a word or two: `passed`, `fails`, `has not run`. */
export const standingWords = ({ last }: CheckLine): string => {
  if (last === null) return 'has not run';
  return last.outcome === null ? 'runs' : outcomeWords[last.outcome];
};

/** `41 s`, `2 min 5 s`. */
export const spentWords = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    : `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
};
