/** What every part of a review shares. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { pathPatterns } from '../../../actors/model/review/path-patterns.ts';
import type { Memory } from '../../connection/memory.ts';
import { placeAt, type ScrollLayout, scrollLayout } from '../model/scroll-layout.ts';
import { type BeforeLandingState, createBeforeLanding } from './before-landing.ts';
import { createColours } from './colours.ts';
import type { FileEntry, TextMetrics } from './file-entry.ts';
import { createPutBack, type PutBack } from './put-back.ts';
import { createReviewComments, type PutAway, type ReviewCommentsState } from './review-comments.ts';
import { type Cursor, createReviewCursor, type ReviewCursorState } from './review-cursor.ts';
import { createReviewFiles, type ReviewFilesState } from './review-files.ts';
import type { ReviewSource } from './review-source.ts';
import { createWhoseLines, type WhoseLinesState } from './whose-lines.ts';

export type ReviewScope = {
  readonly id: string;
  readonly source: ReviewSource;
  readonly files: ReviewFilesState;
  readonly comments: ReviewCommentsState;
  readonly cursor: ReviewCursorState;
  readonly whose: WhoseLinesState;
  readonly before: BeforeLandingState;
  /** The paths that are none of those which the repository's sessions are meant to change. */
  readonly unexpected: ReadonlySignal<ReadonlySet<string>>;
  /** How the lines are drawn: as the person chose, or as there is room. */
  readonly layout: ReadonlySignal<'unified' | 'side'>;
  /** Null: as there is room. */
  readonly chosenLayout: Signal<'unified' | 'side' | null>;
  /** The width of the review, in rem. */
  readonly width: Signal<number>;
  readonly metrics: Signal<TextMetrics>;
  readonly scroll: ReadonlySignal<ScrollLayout>;
  /** Where the scroll stands. */
  readonly scrollTop: Signal<number>;
  readonly showsPane: Signal<boolean>;
  readonly closedFolders: Signal<ReadonlySet<string>>;
  /** Whether pictures that changed are drawn over each other. */
  readonly picturesOver: Signal<boolean>;
  readonly putBack: PutBack;
  /** The file whose changes are to be given up, when that is being asked. */
  readonly discarding: Signal<FileEntry | null>;
  readonly close: () => void;
};

/** Below it there is no room for a pane beside the files, and above it for both sides beside each other. In rem. */
export const narrowBelow = 62;
export const wideFrom = 90;

export type ReviewScopeDependencies = {
  readonly id: string;
  readonly source: ReviewSource;
  readonly memory: Memory;
  readonly asked: string | null;
};

export const createReviewScope = ({ id, source, memory, asked }: ReviewScopeDependencies): ReviewScope => {
  const width = signal(80);
  const metrics = signal<TextMetrics>({ rem: 16, lineHeight: 18.6, room: 120, roomBeside: 60 });
  const chosenLayout = signal(memory.recall('review', isLayout));
  const layout = computed(() => {
    if (width.value < narrowBelow) return 'unified';
    return chosenLayout.value ?? (width.value >= wideFrom ? 'side' : 'unified');
  });
  const colours = createColours();
  const putAway = `review.${id}` as const;
  const comments = createReviewComments({
    source,
    answer: () => files.answer.peek(),
    recall: () => memory.recall(putAway, isPutAway) ?? {},
    remember: (texts) => memory.remember(putAway, Object.keys(texts).length === 0 ? null : texts),
  });
  const files = createReviewFiles({
    source,
    asked,
    layout,
    metrics,
    hung: comments.hung,
    colourText: colours.ofText,
    onAnswer: () => void comments.refresh().catch(() => {}),
  });
  const scroll = computed(() => {
    const { rem } = metrics.value;
    return scrollLayout(
      files.listed.value.map(({ isFolded, offsets }) => ({ offsets: isFolded.value ? null : offsets.value })),
      { gap: 0.75 * rem, head: 2.25 * rem, border: 1, padding: 0.1875 * rem },
    );
  });
  const scrollTop = signal(0);
  const inSightFirst = (): Cursor | null => {
    const { file, row } = placeAt(scroll.peek(), scrollTop.peek() + 3 * metrics.peek().rem);
    const entry = files.listed.peek()[file];
    if (entry === undefined) return null;
    return { path: entry.path, key: row === null ? null : (entry.rows.peek()[row]?.key ?? null), side: 'after' };
  };
  const before = createBeforeLanding(source);
  const unexpected = computed((): ReadonlySet<string> => {
    const { touches = [] } = before.known.value ?? {};
    const isMeant = touches.length === 0 ? () => true : pathPatterns(touches);
    return new Set(files.entries.value.flatMap(({ path }) => (isMeant(path) ? [] : [path])));
  });
  const forget = effect(() => memory.remember('review', chosenLayout.value));

  return {
    id,
    source,
    files,
    comments,
    cursor: createReviewCursor(files.listed, inSightFirst),
    whose: createWhoseLines({ source, answer: () => files.answer.peek() }),
    before,
    unexpected,
    layout,
    chosenLayout,
    width,
    metrics,
    scroll,
    scrollTop,
    showsPane: signal(false),
    closedFolders: signal<ReadonlySet<string>>(new Set()),
    picturesOver: signal(false),
    putBack: createPutBack(source, () => files.answer.peek()),
    discarding: signal<FileEntry | null>(null),
    close: () => {
      forget();
      files.close();
      before.close();
      colours.close();
    },
  };
};

const isLayout = (value: unknown): value is 'unified' | 'side' => value === 'unified' || value === 'side';
const isPutAway = (value: unknown): value is PutAway =>
  typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string');

export const ReviewScopeContext = createContext<ReviewScope | null>(null);

export const useReview = (): ReviewScope => {
  const scope = useContext(ReviewScopeContext);
  if (scope === null) throw new Error('a part of the review stands outside of it');
  return scope;
};
