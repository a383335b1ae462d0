import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { useWindow } from '../shell/window-scope.ts';
import { sentencesOf } from '../state/sentence.ts';
import { createReviewScope, narrowBelow, ReviewScopeContext, useReview } from './state/review-context.ts';
import { runtimeSource } from './state/review-source.ts';
import { DiffScroll } from './view/diff-scroll.tsx';
import { DiscardDialog } from './view/discard-dialog.tsx';
import { GatheredBar } from './view/gathered-bar.tsx';
import { LineAnnouncer } from './view/line-announcer.tsx';
import { ReviewBar } from './view/review-bar.tsx';
import { ReviewHead } from './view/review-head.tsx';
import { reviewKeys } from './view/review-keys.ts';
import { SidePane } from './view/side-pane.tsx';
import { WhyDialog } from './view/why-dialog.tsx';

export type ReviewViewProps = {
  readonly id: string;
  /** What is compared at first; null: what is new, or else the last run. */
  readonly range: string | null;
};

/** What a session changed, to be read, spoken of and judged. */
export const ReviewView = ({ id, range }: ReviewViewProps) => <Review key={id} id={id} range={range} />;

const Review = ({ id, range }: ReviewViewProps) => {
  const { connection, menus, navigation, store, toasts } = useWindow();
  const { navigate } = navigation;
  const folder = (): string | null => store.rowsById.peek().get(id)?.worktree.path ?? null;
  const scope = useMemo(
    () =>
      createReviewScope({ id, source: runtimeSource(connection, id, folder), memory: connection.memory, asked: range }),
    [connection, id],
  );
  const row = store.rowsById.value.get(id);

  useEffect(
    () => () => {
      // Who leaves has looked at what there was.
      const looked = scope.files.lookedAt();
      if (looked !== null) scope.source.looked(looked).catch(() => {});
      scope.close();
    },
    [scope],
  );

  // What the session does may have changed a file, or a comment; and what failed while the runtime was gone is asked anew.
  const isThere = !store.isStale.value;
  useEffect(() => {
    if (isThere) scope.files.refresh();
  }, [scope, isThere, row?.lastActivityAt, row?.status, JSON.stringify(row?.work)]);
  useEffect(() => {
    if (isThere) scope.before.refresh();
  }, [scope, isThere, row?.status, JSON.stringify(row?.work)]);

  // The address says what is compared, so that a reload compares the same.
  const compared = scope.files.range.value;
  useEffect(() => {
    if (compared !== null) navigate({ kind: 'review', id, range: compared }, { replace: true });
  }, [navigate, id, compared]);

  const leave = (): void => navigate({ kind: 'session', id, at: null });
  const land = (): void => navigate({ kind: 'land', id });
  const onKeyDown = useMemo(
    () => reviewKeys({ scope, row: () => store.rowsById.peek().get(id), toasts, leave, land }),
    [scope, id],
  );
  // What had the focus may have been scrolled away: the keys are meant for the review all the same.
  useEffect(() => {
    const onLostKey = (event: KeyboardEvent): void => {
      const isLost = event.target === document.body && !menus.isMenuOpen();
      if (isLost && document.querySelector('dialog[open]') === null) onKeyDown(event);
    };
    document.addEventListener('keydown', onLostKey, true);
    return () => document.removeEventListener('keydown', onLostKey, true);
  }, [menus, onKeyDown]);
  const isNarrow = scope.width.value < narrowBelow;

  return (
    <ReviewScopeContext.Provider value={scope}>
      <section
        class={isNarrow && scope.showsPane.value ? 'review shows-pane' : 'review'}
        aria-label="Review"
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        <ReviewHead row={row} onLeave={leave} />
        <ReviewBar />
        <SidePane row={row} />
        <div class="review-main">
          <Content />
          <GatheredBar row={row} />
        </div>
        <LineAnnouncer />
        <DiscardDialog />
        <WhyDialog />
      </section>
    </ReviewScopeContext.Provider>
  );
};

const Content = () => {
  const { files, cursor } = useReview();
  const failure = files.failure.value;
  const answer = files.answer.value;

  // There is a cursor from the start, on the first file.
  const first = files.listed.value[0]?.path;
  useLayoutEffect(() => {
    if (first !== undefined && cursor.entry() === null) cursor.place({ path: first, key: null, side: 'after' });
  }, [cursor, first]);

  // Whoever comes from somewhere that is gone has the lines, and their keys, at once.
  useLayoutEffect(() => {
    const focused = document.activeElement;
    if (focused !== document.body && !focused?.matches('.review, .session-pane')) return;
    document.getElementById('review-scroll')?.focus({ preventScroll: true });
  }, [answer === null]);

  if (failure !== null && answer === null) {
    return (
      <EmptyState title="What changed could not be read">
        <p>{sentencesOf(failure)}</p>
        <Button onClick={files.refresh}>Try again</Button>
      </EmptyState>
    );
  }
  if (answer === null) return <div class="review-loading" aria-busy="true" />;
  if (answer.files.length === 0) {
    return (
      <EmptyState title="Nothing differs">
        <p>Between these two states of the tree no file is another one.</p>
      </EmptyState>
    );
  }
  return <DiffScroll />;
};
