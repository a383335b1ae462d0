import { useLayoutEffect, useRef } from 'preact/hooks';
import type { PlacedComment } from '../../../actors/protocol/gateway/review-routes.ts';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Icon } from '../../components/icon.tsx';
import { Keys } from '../../components/keys.tsx';
import { visibleText } from '../../session/text/visible.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { commentPlace, isUnsent } from '../model/comment-place.ts';
import type { Row } from '../model/rows.ts';
import type { FileEntry } from '../state/file-entry.ts';
import type { Draft } from '../state/review-comments.ts';
import { useReview } from '../state/review-context.ts';
import type { LineRange } from '../state/review-source.ts';

export type ThreadsRowProps = {
  readonly entry: FileEntry;
  readonly row: Extract<Row, { readonly kind: 'threads' }>;
  readonly isBeside: boolean;
};

/** The comments that end at a line of one side, and the one that is being written there. */
export const ThreadsRow = ({ entry, row, isBeside }: ThreadsRowProps) => {
  const { comments } = useReview();
  const isHere = ({ path, side, to }: LineRange & { readonly path: string }): boolean =>
    path === entry.path && side === row.side && (entry.lineOf(side, to) ?? row.line) === row.line;
  const kept = comments.comments.value.filter(
    (comment) =>
      isHere({ side: comment.side, ...commentPlace(comment) }) &&
      (comment.state !== 'resolved' || comments.showsResolved.value) &&
      !comments.drafts.value.some(({ commentId }) => commentId === comment.commentId),
  );
  const written = comments.drafts.value.filter(isHere);
  return (
    <div class={classes('threads', 'varies', isBeside && `threads-${row.side}`)} data-key={row.key}>
      <div class="threads-column">
        {kept.map((comment) => (
          <Thread key={comment.commentId} comment={comment} />
        ))}
        {written.map((draft) => (
          <DraftBox key={draft.key} draft={draft} />
        ))}
      </div>
    </div>
  );
};

/** `Line 15 · before`, `Lines 26–29`. */
export const linesText = ({ side, from, to }: LineRange): string =>
  `${from === to ? `Line ${from}` : `Lines ${from}–${to}`}${side === 'before' ? ' · before' : ''}`;

const icons = { open: 'comment', queued: 'comment', sent: 'send', answered: 'check', resolved: 'check' } as const;

export const stateIcon = ({ state }: PlacedComment): (typeof icons)[PlacedComment['state']] => icons[state];

const stateWords = ({ state, sentWith, answeredIn }: PlacedComment): string => {
  switch (state) {
    case 'open':
      return 'Open';
    case 'queued':
      return 'Queued';
    case 'sent':
      return sentWith === null ? 'Sent' : `Sent with run ${sentWith}`;
    case 'answered':
      return answeredIn === null ? 'Answered' : `Answered in run ${answeredIn}`;
    case 'resolved':
      return 'Resolved';
  }
};

const Thread = ({ comment }: { readonly comment: PlacedComment }) => {
  const { comments } = useReview();
  const { showError } = useWindow().toasts;
  const { state, text, quote, answeredIn } = comment;
  const told = (work: Promise<unknown>): void => void work.catch(showError);
  const isOpen = isUnsent(comment);
  const place = commentPlace(comment);
  const range = { side: comment.side, ...place };
  return (
    <article
      class={classes('thread', isOpen && 'is-open')}
      aria-label={`Comment on ${linesText(range)}, ${state}`}
      data-comment={comment.commentId}
    >
      <header class="thread-head">
        <span class={`thread-state thread-${state}`}>
          <Icon name={stateIcon(comment)} />
          {stateWords(comment)}
        </span>
        <span>{linesText(range)}</span>
        <span class="thread-end">
          {state === 'open' && (
            <Button look="bare" onClick={() => comments.edit(comment)}>
              Edit
            </Button>
          )}
          {isOpen ? (
            <Button look="bare" tellsRuntime onClick={() => told(comments.remove(comment))}>
              Delete
            </Button>
          ) : (
            <Button look="bare" tellsRuntime onClick={() => told(comments.resolve(comment, state !== 'resolved'))}>
              {state === 'resolved' ? 'Open again' : 'Resolve'}
              <Keys of="E" />
            </Button>
          )}
        </span>
      </header>
      {place.isGone && (
        <div class="thread-gone">
          <p>The lines it was about are gone</p>
          <pre>{visibleText(quote.slice(0, 2_000))}</pre>
        </div>
      )}
      <div class="thread-body">
        <p>
          <CommentText text={text} />
        </p>
      </div>
      {state === 'answered' && (
        <div class="thread-answer">
          <Icon name="check" class="icon-good" />
          <span>
            <strong>
              {range.from === range.to ? 'This line changed' : 'These lines changed'}
              {answeredIn !== null && ` in run ${answeredIn}`}
            </strong>
            {answeredIn !== null && <ShowChange run={answeredIn} />}
          </span>
        </div>
      )}
      {state === 'sent' && !place.isGone && (
        <div class="thread-answer">
          <Icon name="send" />
          <span>{range.from === range.to ? 'This line has' : 'These lines have'} not changed since.</span>
        </div>
      )}
    </article>
  );
};

/** What stands between backticks is code. */
const CommentText = ({ text }: { readonly text: string }) => (
  <>
    {visibleText(text)
      .split(/`([^`\n]+)`/u)
      .map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))}
  </>
);

const ShowChange = ({ run }: { readonly run: number }) => {
  const { files } = useReview();
  if (files.range.value === `run:${run}`) return null;
  return (
    <>
      {'. '}
      <button type="button" class="link" onClick={() => files.choose(`run:${run}`)}>
        Show only that run
      </button>
    </>
  );
};

const mostRows = 12;

const DraftBox = ({ draft }: { readonly draft: Draft }) => {
  const { comments } = useReview();
  const { showError } = useWindow().toasts;
  const field = useRef<HTMLTextAreaElement>(null);
  const rows = Math.min(mostRows, Math.max(2, draft.text.split('\n').length));

  useLayoutEffect(() => field.current?.focus({ preventScroll: true }), []);

  const back = (): void => document.getElementById('review-scroll')?.focus({ preventScroll: true });
  const keep = (): void => void comments.keep(draft.key).then(back, showError);
  const discard = (): void => {
    comments.discard(draft.key);
    back();
  };
  const lines = linesText(draft);
  return (
    <article class="thread is-open" aria-label={`A comment on ${lines}, being written`}>
      <header class="thread-head">
        <span class="thread-state thread-open">
          <Icon name="comment" />
          Open
        </span>
        <span>{lines}</span>
        <span class="thread-end thread-writing">being written</span>
      </header>
      <div class="thread-write">
        <textarea
          ref={field}
          class="input"
          aria-label={`Comment on ${lines.charAt(0).toLowerCase()}${lines.slice(1)}`}
          rows={rows}
          value={draft.text}
          maxLength={20_000}
          onInput={({ currentTarget }) => comments.setText(draft.key, currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) keep();
            else if (event.key === 'Escape') discard();
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
        <div class="thread-write-foot">
          <Button tellsRuntime onClick={keep}>
            Keep the comment
            <Keys of="Mod+Enter" />
          </Button>
          <Button look="bare" onClick={discard}>
            Discard
            <Keys of="Esc" />
          </Button>
          <span class="thread-note">Sent to the agent only when you send them all</span>
        </div>
      </div>
    </article>
  );
};
