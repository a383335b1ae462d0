import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { ReviewFile } from '../../../actors/protocol/gateway/review-routes.ts';
import type { SessionWork } from '../../../actors/protocol/gateway/work.ts';
import type { Markdown } from '../markdown/render-markdown.ts';
import type { SessionState } from './session-state-types.ts';

/** What every part of one session's view shares. */
export type SessionScope = {
  readonly id: string;
  readonly state: SessionState;
  /** The newest that is known of the session; null before anything is. */
  readonly row: ReadonlySignal<DashboardRow | null>;
  /** The run that is under way: see `liveRun`. */
  readonly live: ReadonlySignal<number | null>;
  readonly showQuiet: Signal<boolean>;
  readonly showFind: Signal<boolean>;
  readonly showSnapshots: Signal<boolean>;
  /** What became of its work; null before it is known. */
  readonly work: ReadonlySignal<SessionWork | null>;
  /** What each run changed, as far as somebody has looked: asked once while the session is open. */
  readonly runFiles: (run: number) => Signal<readonly ReviewFile[] | null>;
  /** What the reader folded or unfolded, by item: kept while an item is out of sight and its element gone. */
  readonly folds: (key: string) => Signal<boolean | null>;
  readonly markdown: Markdown;
};

export const createFolds = (): SessionScope['folds'] => {
  const folds = new Map<string, Signal<boolean | null>>();
  return (key) => {
    const known = folds.get(key);
    if (known !== undefined) return known;
    const made = signal<boolean | null>(null);
    folds.set(key, made);
    return made;
  };
};

export const createRunFiles = (): SessionScope['runFiles'] => {
  const byRun = new Map<number, Signal<readonly ReviewFile[] | null>>();
  return (run) => {
    const known = byRun.get(run);
    if (known !== undefined) return known;
    const made = signal<readonly ReviewFile[] | null>(null);
    byRun.set(run, made);
    return made;
  };
};

export const SessionScopeContext = createContext<SessionScope | null>(null);

export const useSession = (): SessionScope => {
  const scope = useContext(SessionScopeContext);
  if (scope === null) throw new Error('a part of the session view stands outside of it');
  return scope;
};

/** A path as seen from the folder the agent works in. */
export const pathInFolder = (path: string, row: DashboardRow | null): string => {
  for (const folder of [row?.worktree.path, row?.repository]) {
    if (folder && path.startsWith(`${folder}/`)) return path.slice(folder.length + 1);
  }
  return path;
};
