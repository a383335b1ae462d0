/** What a repository has run, copied and set, as a person is asked about it. Pure. */
import { counted } from '../../actors/protocol/facts/counted.ts';
import type { DescribedSetup, RepositorySetupAnswer } from '../../actors/protocol/gateway/check-routes.ts';

export type SetupPart = {
  readonly title: string;
  /** What is run or named, each by itself. */
  readonly codes: readonly string[];
  readonly more: string | null;
};

/** `10 min`, `90 s`. */
const longestWords = (ms: number): string => (ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms / 1000)} s`);

const size = (bytes: number): string =>
  bytes < 1000
    ? counted(bytes, 'byte')
    : bytes < 1_000_000
      ? `${(bytes / 1000).toFixed(1)} kB`
      : `${(bytes / 1_000_000).toFixed(1)} MB`;

const timeWords = { asked: null, after_run: 'after each run', landing: 'before landing' } as const;

/** In the order in which they happen; what there is nothing of is left out. */
export const setupParts = (setup: DescribedSetup, copies: RepositorySetupAnswer['copies']): readonly SetupPart[] => {
  const { agent, base, checks, copy, landing, teardown } = setup;
  const times = new Set(checks.flatMap(({ when }) => when.map((time) => timeWords[time])));
  const longest = Math.max(...setup.setup.map(({ timeoutMs }) => timeoutMs));
  const copied =
    copies === null ? null : `${counted(copies.files.length, 'file')}, ${size(copies.bytes)}, ignored by git`;
  const sets = [
    agent === null ? null : `agent ${agent}`,
    base === null ? null : `base ${base}`,
    landing.branch === null ? null : `landing on ${landing.branch}`,
    landing.how === null ? null : `landing by ${landing.how}`,
  ].filter((each) => each !== null);
  const tries = checks.flatMap(({ retry }) => (retry === null ? [] : [retry.tries]));
  return [
    {
      title: 'Runs at the start',
      codes: setup.setup.map(({ command }) => command),
      more: `in the new worktree, at most ${longestWords(longest)}${setup.setup.length > 1 ? ' each' : ''}`,
    },
    {
      title: 'Runs as checks',
      codes: checks.map(({ command }) => command),
      more: [...times].filter((words) => words !== null && words !== undefined).join(', and ') || 'when you ask for it',
    },
    { title: 'Runs at the end', codes: teardown.map(({ command }) => command), more: null },
    { title: 'Copies from yours', codes: copy, more: copied },
    { title: 'Sets', codes: sets, more: null },
    {
      title: 'Failed checks',
      codes: tries.length === 0 ? [] : ['go to the agent by themselves'],
      more: tries.length === 0 ? null : `${counted(Math.max(...tries), 'time')} at most`,
    },
  ].filter(({ codes }) => codes.length > 0);
};

/** `8c1f…22d`. */
export const shortHash = (hash: string): string => `${hash.slice(0, 4)}…${hash.slice(-3)}`;

export type WrongLine = { readonly line: number; readonly text: string; readonly errors: readonly string[] };

type SetupError = RepositorySetupAnswer['errors'][number];

/** The lines of a file that are wrong, each with the one before and after it, and what is wrong. */
export const wrongLines = (text: string, errors: readonly SetupError[]): readonly WrongLine[] => {
  const lines = text.split('\n');
  const shown = new Set(errors.flatMap(({ line }) => [line - 1, line, line + 1]));
  return lines.flatMap((content, index) => {
    const line = index + 1;
    if (!shown.has(line)) return [];
    const wrong = errors.filter((error) => error.line === line);
    const said = wrong.map(({ message, place }) => `Line ${line}${place === '' ? '' : `, ${place}`}: ${message}`);
    return [{ line, text: content, errors: said }];
  });
};
