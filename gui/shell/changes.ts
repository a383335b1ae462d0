/**
 * How many files each session in sight has changed. The dashboard does not know, since it takes a look at the worktree;
 * so it is asked for quietly, one after the other, for rows that are seen and not more often than it is worth.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Call } from '../connection/api.ts';
import type { Store } from './store.ts';

type ChangeCount = { readonly files: number; readonly cut: boolean };

export type Changes = {
  readonly changesById: ReadonlySignal<ReadonlyMap<string, ChangeCount>>;
  /** Keeps a session's count known from now on, until the function it gives is called. */
  readonly watchChanges: (id: string) => () => void;
};

export type ChangesDependencies = { readonly call: Call; readonly store: Store };

const sweepMs = 1_500;
const leastBetweenMs = 15_000;

export const createChanges = ({ call, store: { isStale, rowsById } }: ChangesDependencies): Changes => {
  const changesById = signal<ReadonlyMap<string, ChangeCount>>(new Map());
  const watchers = new Map<string, number>();
  /** What was known of a session when it was last asked for. */
  const asked = new Map<string, { readonly activityAt: number; readonly at: number }>();
  let sweeping = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  const sweep = async (): Promise<void> => {
    if (sweeping || document.hidden || isStale.value) return;
    sweeping = true;
    for (const id of [...watchers.keys()]) if (isDue(id) && !isStale.value) await ask(id);
    sweeping = false;
  };

  const isDue = (id: string): boolean => {
    const row = rowsById.value.get(id);
    if (!watchers.has(id) || row === undefined || row.worktree.path === null) return false;
    const last = asked.get(id);
    return last === undefined || (last.activityAt !== row.lastActivityAt && Date.now() - last.at > leastBetweenMs);
  };

  const ask = async (id: string): Promise<void> => {
    asked.set(id, { activityAt: rowsById.value.get(id)?.lastActivityAt ?? 0, at: Date.now() });
    try {
      const { files, cut } = await call('changes', { parameters: { id } });
      changesById.value = new Map(changesById.value).set(id, { files: files.length, cut });
    } catch {
      // A worktree that cannot be looked at has no count; the row does without.
    }
  };

  return Object.freeze({
    changesById,
    watchChanges: (id) => {
      watchers.set(id, (watchers.get(id) ?? 0) + 1);
      timer ??= setInterval(() => void sweep(), sweepMs);
      return () => {
        const left = (watchers.get(id) ?? 1) - 1;
        if (left > 0) watchers.set(id, left);
        else watchers.delete(id);
        if (watchers.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  } satisfies Changes);
};
