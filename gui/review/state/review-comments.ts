/** The comments of a review: those that were kept, those that are being written, and how they are sent. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { PlacedComment, ReviewFiles } from '../../../actors/protocol/gateway/review-routes.ts';
import { commentPlace, isUnsent } from '../model/comment-place.ts';
import type { Hung } from './file-entry.ts';
import type { LineRange, ReviewSource } from './review-source.ts';

/** A comment that is being written; of one that was kept before, with its id. */
export type Draft = LineRange & {
  readonly key: string;
  readonly path: string;
  readonly quote: string;
  readonly text: string;
  readonly commentId: string | null;
};

export type ReviewCommentsState = {
  readonly comments: ReadonlySignal<readonly PlacedComment[]>;
  readonly drafts: ReadonlySignal<readonly Draft[]>;
  readonly showsResolved: Signal<boolean>;
  /** What hangs on lines of files, by path. */
  readonly hung: ReadonlySignal<ReadonlyMap<string, readonly Hung[]>>;
  /** How many there are on a file that are not resolved. */
  readonly countsByPath: ReadonlySignal<ReadonlyMap<string, number>>;
  /** Those that nobody has sent. */
  readonly open: ReadonlySignal<readonly PlacedComment[]>;
  /** The words that go with them. */
  readonly words: Signal<string>;
  /** When the last one was kept, or they were sent, in ms: what is pressed twice is to do one thing. */
  readonly doneAt: ReadonlySignal<number>;
  /** Begins to write on some lines, or goes on where that was begun. */
  readonly write: (on: Omit<Draft, 'key' | 'text' | 'commentId'>) => void;
  readonly edit: (comment: PlacedComment) => void;
  readonly setText: (key: string, text: string) => void;
  /** Keeps what was written; nothing is kept of what has no words. */
  readonly keep: (key: string) => Promise<void>;
  /** Puts it away. A longer text is found again when the same lines are written on. */
  readonly discard: (key: string) => void;
  readonly remove: (comment: PlacedComment) => Promise<void>;
  readonly resolve: (comment: PlacedComment, resolved: boolean) => Promise<void>;
  readonly prompt: () => Promise<string>;
  /** Whether they are on their way: until they have arrived nothing is sent once more. */
  readonly isSending: ReadonlySignal<boolean>;
  /** Sends those that are open. Gives the run that it began; null when they are queued. */
  readonly send: (queue: boolean) => Promise<number | null>;
  /** Takes back what waits to be sent. */
  readonly unqueue: () => Promise<void>;
  readonly refresh: () => Promise<void>;
};

/** What is remembered of what was begun: texts by the lines they are on. */
export type PutAway = Readonly<Record<string, string>>;

export type ReviewCommentsDependencies = {
  readonly source: ReviewSource;
  readonly answer: () => ReviewFiles | null;
  readonly recall: () => PutAway;
  readonly remember: (texts: PutAway) => void;
  readonly now?: () => number;
};

/** Shorter texts are soon written again. */
const leastRemembered = 20;

export const draftKey = ({ path, side, from, to }: LineRange & { readonly path: string }): string =>
  `${side} ${from}-${to} ${path}`;

export const createReviewComments = (dependencies: ReviewCommentsDependencies): ReviewCommentsState => {
  const { source, answer, recall, remember, now = Date.now } = dependencies;
  const comments = signal<readonly PlacedComment[]>([]);
  const drafts = signal<readonly Draft[]>([]);
  const showsResolved = signal(false);
  const words = signal('');
  const isSending = signal(false);
  const doneAt = signal(Number.NEGATIVE_INFINITY);

  const draftOf = (key: string): Draft | undefined => drafts.peek().find((draft) => draft.key === key);
  const without = (key: string): void => {
    drafts.value = drafts.peek().filter((draft) => draft.key !== key);
  };
  const putAway = (key: string, text: string): void => {
    const { [key]: _, ...others } = recall();
    remember(text.trim().length > leastRemembered ? { ...others, [key]: text } : others);
  };

  const refresh = async (): Promise<void> => {
    const trees = answer();
    if (trees === null) return;
    const found = await source.comments(trees.from, trees.to);
    if (answer()?.to === trees.to) comments.value = found;
  };

  const open = computed(() => comments.value.filter(isUnsent));
  const idsToSend = (): readonly string[] =>
    comments.peek().flatMap(({ state, commentId }) => (state === 'open' ? [commentId] : []));

  return {
    comments,
    drafts,
    showsResolved,
    countsByPath: computed(() => {
      const counts = new Map<string, number>();
      for (const comment of comments.value) {
        const { path } = commentPlace(comment);
        if (comment.state !== 'resolved') counts.set(path, (counts.get(path) ?? 0) + 1);
      }
      return counts;
    }),
    open,
    words,
    doneAt,
    hung: computed(() => {
      const byPath = new Map<string, Hung[]>();
      const hang = (path: string, hung: Hung): void => {
        byPath.set(path, [...(byPath.get(path) ?? []), hung]);
      };
      for (const comment of comments.value) {
        if (comment.state === 'resolved' && !showsResolved.value) continue;
        const { path, from, to } = commentPlace(comment);
        hang(path, { key: comment.commentId, side: comment.side, from, to });
      }
      for (const { key, path, side, from, to } of drafts.value) hang(path, { key, side, from, to });
      return byPath;
    }),
    write: (on) => {
      const key = draftKey(on);
      if (draftOf(key) !== undefined) return;
      drafts.value = [...drafts.peek(), { ...on, key, text: recall()[key] ?? '', commentId: null }];
    },
    edit: (comment) => {
      const { path, from, to } = commentPlace(comment);
      const { side, quote, text, commentId } = comment;
      const key = `edit ${commentId}`;
      if (draftOf(key) === undefined)
        drafts.value = [...drafts.peek(), { key, path, side, from, to, quote, text, commentId }];
    },
    setText: (key, text) => {
      drafts.value = drafts.peek().map((draft) => (draft.key === key ? { ...draft, text } : draft));
    },
    keep: async (key) => {
      const draft = draftOf(key);
      const trees = answer();
      if (draft === undefined || trees === null) return;
      const text = draft.text.trim();
      if (text === '') return without(key);
      doneAt.value = now();
      const { path, side, from, to, quote, commentId } = draft;
      const ofAfter = side === 'after';
      if (commentId !== null) await source.changeComment(commentId, { text });
      else {
        const tree = ofAfter ? trees.to : trees.from;
        await source.addComment({
          path,
          side,
          from,
          to,
          quote,
          text,
          tree,
          snapshot: (ofAfter ? trees.toEnd : trees.fromEnd).snapshot,
        });
      }
      putAway(key, '');
      await refresh();
      without(key);
    },
    discard: (key) => {
      const draft = draftOf(key);
      if (draft !== undefined && draft.commentId === null) putAway(key, draft.text);
      without(key);
    },
    remove: async ({ commentId }) => {
      await source.removeComment(commentId);
      await refresh();
    },
    resolve: async ({ commentId }, resolved) => {
      await source.changeComment(commentId, { resolved });
      await refresh();
    },
    prompt: () => source.prompt(idsToSend(), words.peek()),
    isSending,
    send: async (queue) => {
      isSending.value = true;
      try {
        const sent = idsToSend();
        const run = await source.send(sent, words.peek(), queue);
        words.value = '';
        // Known at once: what is asked anew can fail, and they are not to be sent again for that.
        comments.value = comments
          .peek()
          .map((comment) =>
            sent.includes(comment.commentId)
              ? { ...comment, state: run === null ? 'queued' : 'sent', sentWith: run }
              : comment,
          );
        await refresh().catch(() => {});
        return run;
      } finally {
        doneAt.value = now();
        isSending.value = false;
      }
    },
    unqueue: async () => {
      await source.unqueue();
      await refresh();
    },
    refresh,
  };
};
