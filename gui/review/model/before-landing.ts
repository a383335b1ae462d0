/** What stands before the landing of a session, as far as it is known. */
import type { ShownWork } from '../../../actors/protocol/gateway/work.ts';

/** What is asked for besides what the session's row tells. */
export type KnownBefore = {
  /** Null where it cannot be said what would land. */
  readonly landing: { readonly onto: string; readonly foreseen: Conflicts } | null;
  /** The repository's checks, by their names. */
  readonly checks: readonly string[];
  /** Patterns of the files that its sessions are meant to change; without any they may change all. */
  readonly touches: readonly string[];
  /** The last command of each check. */
  readonly commandIds: ReadonlyMap<string, string>;
};

type Conflicts = {
  readonly base: readonly unknown[];
  readonly sessions: readonly { readonly name: string; readonly files: readonly unknown[] }[];
};

export type Standing =
  | { readonly kind: 'passed' | 'running' | 'failed'; readonly check: string }
  /** There are checks, and none has run. */
  | { readonly kind: 'not_run' }
  /** With the branch (`first` is false), or with another session if that lands first. */
  | { readonly kind: 'conflict'; readonly with: string; readonly first: boolean; readonly files: number }
  | { readonly kind: 'outside'; readonly files: number }
  | { readonly kind: 'comments'; readonly count: number };

/** In the order in which it is shown; `outside` is how many files are none of those that are meant to be changed. */
export const standsBefore = (
  { checks, openComments }: Pick<ShownWork, 'checks' | 'openComments'>,
  known: KnownBefore | null,
  outside: number,
): readonly Standing[] => {
  const run = Object.entries(checks)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([check, state]): Standing => {
      if (state === 'passed' || state === 'running') return { kind: state, check };
      return { kind: 'failed', check };
    });
  return [
    ...run,
    ...(run.length === 0 && known !== null && known.checks.length > 0 ? [{ kind: 'not_run' } as const] : []),
    ...conflictsIn(known?.landing ?? null),
    ...(outside > 0 ? [{ kind: 'outside', files: outside } as const] : []),
    ...(openComments > 0 ? [{ kind: 'comments', count: openComments } as const] : []),
  ];
};

const conflictsIn = (landing: KnownBefore['landing']): readonly Standing[] => {
  if (landing === null) return [];
  const { onto, foreseen } = landing;
  const of = (name: string, first: boolean, files: number): readonly Standing[] =>
    files === 0 ? [] : [{ kind: 'conflict', with: name, first, files }];
  return [
    ...of(onto, false, foreseen.base.length),
    ...foreseen.sessions.flatMap(({ name, files }) => of(name, true, files.length)),
  ];
};
