/** Whose lines there are in the files that are in sight, while somebody wants to know: found one file after the other. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ReviewFiles } from '../../../actors/protocol/gateway/review-routes.ts';
import { type LineReasons, lineReasons } from '../model/line-reasons.ts';
import type { FileEntry } from './file-entry.ts';
import type { ReviewSource } from './review-source.ts';

export type FoundReasons =
  | { readonly kind: 'finding' }
  | { readonly kind: 'found'; readonly reasons: LineReasons }
  | { readonly kind: 'failed'; readonly error: unknown };

/** A line of a file as it is looked at, by its number after the changes. */
export type AskedLine = { readonly entry: FileEntry; readonly line: number };

export type WhoseLinesState = {
  readonly isShown: ReadonlySignal<boolean>;
  readonly toggle: () => void;
  /** The line about which somebody asks; null: none. */
  readonly asked: Signal<AskedLine | null>;
  /** What is known of a file, which is looked for as soon as it is wanted. */
  readonly of: (entry: FileEntry) => ReadonlySignal<FoundReasons>;
  /** These are in sight: theirs is found. */
  readonly want: (entries: readonly FileEntry[]) => void;
};

export type WhoseLinesDependencies = {
  readonly source: Pick<ReviewSource, 'files' | 'patch' | 'whoseLines'>;
  readonly answer: () => ReviewFiles | null;
};

export const createWhoseLines = ({ source, answer }: WhoseLinesDependencies): WhoseLinesState => {
  const isShown = signal(false);
  const asked = signal<AskedLine | null>(null);
  let found = new WeakMap<FileEntry, Signal<FoundReasons>>();
  let wanted: readonly FileEntry[] = [];
  let isFinding = false;
  let since: { readonly of: ReviewFiles; readonly files: Promise<ReviewFiles> } | null = null;

  const signalOf = (entry: FileEntry): Signal<FoundReasons> => {
    const known = found.get(entry) ?? signal<FoundReasons>({ kind: 'finding' });
    found.set(entry, known);
    return known;
  };

  /** What is another file now than the one that is looked at; asked for once, until something happens in the session. */
  const changedSince = (of: ReviewFiles): Promise<ReviewFiles> => {
    if (since?.of !== of) since = { of, files: source.files(`S${of.toEnd.snapshot}..now`) };
    return since.files;
  };

  const find = async (entry: FileEntry): Promise<LineReasons> => {
    const of = answer();
    if (of === null || entry.file.peek().newBlob === null) return lineReasons([], null);
    const now = await changedSince(of);
    const change = now.files.find(({ path, previousPath }) => (previousPath ?? path) === entry.path);
    if (change === undefined) return lineReasons(await source.whoseLines(entry.path), null);
    if (change.newBlob === null) return lineReasons([], null);
    const { path, previousPath } = change;
    const query = { from: now.from, to: now.to, path, previousPath, context: null, ignoresWhitespace: false };
    const [{ text }, blocks] = await Promise.all([source.patch(query), source.whoseLines(path)]);
    // With a mode or a name alone it has the same lines.
    return lineReasons(blocks, change.newBlob === entry.file.peek().newBlob ? null : text);
  };

  const findNext = (): void => {
    const next = isFinding ? undefined : wanted.find((entry) => signalOf(entry).peek().kind === 'finding');
    if (next === undefined) return;
    const into = signalOf(next);
    isFinding = true;
    find(next)
      .then(
        (reasons) => {
          into.value = { kind: 'found', reasons };
        },
        (error: unknown) => {
          into.value = { kind: 'failed', error };
        },
      )
      .finally(() => {
        isFinding = false;
        findNext();
      });
  };

  return {
    isShown,
    toggle: () => {
      isShown.value = !isShown.peek();
      if (isShown.peek()) return;
      // Who asks again wants to know it as it is then.
      found = new WeakMap();
      [since, wanted] = [null, []];
    },
    asked,
    of: signalOf,
    want: (entries) => {
      wanted = entries;
      findNext();
    },
  };
};
