/** What is compared, and the files that differ: kept true while the agent goes on. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ReviewFile, ReviewFiles } from '../../../actors/protocol/gateway/review-routes.ts';
import { createSteadyRefresh } from '../../session/state/steady-refresh.ts';
import { createFileEntry, type FileEntry, type FileEntryDependencies } from './file-entry.ts';
import type { ReviewSource, SnapshotChoice } from './review-source.ts';

export type RangeChoice = { readonly range: string; readonly name: string; readonly files: number | null };

export type ReviewFilesState = {
  /** Null before it is known which is the first. */
  readonly range: ReadonlySignal<string | null>;
  readonly choices: ReadonlySignal<readonly RangeChoice[]>;
  /** Every run that can be compared by itself. */
  readonly runs: ReadonlySignal<readonly number[]>;
  readonly snapshots: ReadonlySignal<readonly SnapshotChoice[]>;
  readonly answer: ReadonlySignal<ReviewFiles | null>;
  readonly failure: ReadonlySignal<unknown>;
  readonly filter: Signal<string>;
  readonly ignoresWhitespace: ReadonlySignal<boolean>;
  /** Whether lines that differ in nothing but whitespace are the same. */
  readonly setWhitespace: (ignores: boolean) => void;
  /** All of them, and those that the filter lets through, in the order of the tree. */
  readonly entries: ReadonlySignal<readonly FileEntry[]>;
  readonly listed: ReadonlySignal<readonly FileEntry[]>;
  readonly choose: (range: string) => void;
  /** What is known may be old. */
  readonly refresh: () => void;
  /** These are in sight, the most wanted first: they are fetched before all others. */
  readonly want: (entries: readonly FileEntry[]) => void;
  readonly setViewed: (entry: FileEntry, viewed: boolean) => Promise<void>;
  /** The snapshot up to which everything was to be seen; null where something newer is there, or nothing was read. */
  readonly lookedAt: () => number | null;
  readonly close: () => void;
};

export type ReviewFilesDependencies = Omit<FileEntryDependencies, 'fetchPatch'> & {
  readonly source: ReviewSource;
  /** The range that was asked for, in place of the usual one. */
  readonly asked: string | null;
  readonly onAnswer: (answer: ReviewFiles) => void;
};

const restMs = 2_000;
const mostAtOnce = 4;
/** So few are fetched though nobody has come to them yet: then all changes can be counted. */
const fewFiles = 60;
const fewLines = 20_000;

export const createReviewFiles = (dependencies: ReviewFilesDependencies): ReviewFilesState => {
  const { source, asked, onAnswer } = dependencies;
  const range = signal<string | null>(asked);
  const runs = signal<readonly number[]>([]);
  const snapshots = signal<readonly SnapshotChoice[]>([]);
  const counts = signal<ReadonlyMap<string, number>>(new Map());
  const answer = signal<ReviewFiles | null>(null);
  const failure = signal<unknown>(null);
  const filter = signal('');
  const ignoresWhitespace = signal(false);
  const entries = signal<readonly FileEntry[]>([]);
  let wanted: readonly FileEntry[] = [];
  let loading = 0;
  let closed = false;

  const fetchPatch: FileEntryDependencies['fetchPatch'] = (file, context) => {
    const { from = '', to = '' } = answer.peek() ?? {};
    const { path, previousPath } = file;
    return source.patch({ from, to, path, previousPath, context, ignoresWhitespace: ignoresWhitespace.peek() });
  };

  const fetchWanted = (): void => {
    for (const entry of [...wanted, ...ahead()]) {
      if (loading >= mostAtOnce || closed) return;
      if (entry.body.peek().kind !== 'wanting') continue;
      loading += 1;
      void entry.load().finally(() => {
        loading -= 1;
        fetchWanted();
      });
    }
  };

  const ahead = (): readonly FileEntry[] => {
    const all = entries.peek();
    if (all.length > fewFiles) return [];
    const lines = all.reduce((sum, { file }) => sum + (file.peek().additions ?? 0) + (file.peek().deletions ?? 0), 0);
    return lines > fewLines ? [] : all;
  };

  const isSame = (one: ReviewFile, other: ReviewFile): boolean =>
    one.oldBlob === other.oldBlob &&
    one.newBlob === other.newBlob &&
    one.previousPath === other.previousPath &&
    one.newMode === other.newMode;

  const take = (next: ReviewFiles): void => {
    answer.value = next;
    const before = new Map(entries.peek().map((entry) => [entry.path, entry]));
    entries.value = next.files.map((file) => {
      const known = before.get(file.path);
      if (known === undefined || !isSame(known.file.peek(), file))
        return createFileEntry(file, { ...dependencies, fetchPatch });
      before.delete(file.path);
      known.file.value = file;
      return known;
    });
    for (const gone of before.values()) gone.close();
    fetchWanted();
    onAnswer(next);
  };

  const load = async (): Promise<{ readonly of: string; readonly found: ReviewFiles }> => {
    const [ranges, known] = await Promise.all([source.ranges(), source.snapshots()]);
    [runs.value, snapshots.value] = [ranges.runs, known];
    counts.value = new Map(ranges.ranges.map((each) => [each.range, each.files]));
    range.value ??= ranges.first ?? 'base';
    const of = range.peek() ?? 'base';
    return { of, found: await source.files(of) };
  };

  const refresh = createSteadyRefresh({
    load,
    onLoaded: ({ of, found }) => {
      // Another may have been chosen meanwhile, and is asked for next.
      if (of !== range.peek()) return;
      failure.value = null;
      counts.value = new Map(counts.peek()).set(of, found.files.length);
      take(found);
    },
    onFailed: (error) => {
      failure.value = error;
    },
    restMs,
  });

  const choices = computed((): readonly RangeChoice[] => {
    const last = chosenRun(range.value) ?? runs.value.at(-1) ?? 0;
    const base = answer.value?.base?.name ?? null;
    const names: readonly (readonly [string, string])[] = [
      ...(last > 0 ? [[`run:${last}`, `Run ${last}`] as const] : []),
      ['looked', 'Since you looked'],
      ['base', `Against ${base ?? 'the base'}`],
    ];
    return names.map(([each, name]) => ({ range: each, name, files: counts.value.get(each) ?? null }));
  });

  const anew = (): void => {
    for (const entry of entries.peek()) entry.close();
    entries.value = [];
    answer.value = null;
    refresh.ask();
  };

  return {
    range,
    choices,
    runs,
    snapshots,
    answer,
    failure,
    filter,
    ignoresWhitespace,
    entries,
    listed: computed(() => {
      const words = filter.value.toLowerCase().split(/\s+/u);
      return entries.value.filter(({ path }) => words.every((word) => path.toLowerCase().includes(word)));
    }),
    choose: (next) => {
      if (next === range.peek()) return;
      range.value = next;
      anew();
    },
    setWhitespace: (ignores) => {
      ignoresWhitespace.value = ignores;
      anew();
    },
    refresh: refresh.ask,
    want: (now) => {
      wanted = now;
      fetchWanted();
    },
    setViewed: async (entry, viewed) => {
      const before = entry.file.peek();
      entry.file.value = { ...before, viewed: viewed ? 'yes' : 'no' };
      entry.isFolded.value = viewed;
      try {
        await source.setViewed(before, viewed);
      } catch (error) {
        entry.file.value = before;
        throw error;
      }
    },
    lookedAt: () => {
      const shown = answer.peek()?.toEnd.snapshot ?? null;
      const newest = snapshots.peek().at(-1)?.snapshot ?? 0;
      return shown !== null && shown >= newest ? shown : null;
    },
    close: () => {
      closed = true;
      refresh.close();
      for (const entry of entries.peek()) entry.close();
    },
  };
};

/** The run of a range that is one run's. */
export const chosenRun = (range: string | null): number | null => {
  const run = /^run:(\d+)$/u.exec(range ?? '')?.[1];
  return run === undefined ? null : Number(run);
};
