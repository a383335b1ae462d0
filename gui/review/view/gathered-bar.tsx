import { useSignal } from '@preact/signals';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { Keys } from '../../components/keys.tsx';
import type { Toasts } from '../../components/toast.tsx';
import { PlainText } from '../../session/text/plain-text.tsx';
import { isUnderWay } from '../../shell/actions.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { commentPlace } from '../model/comment-place.ts';
import { type ReviewScope, useReview } from '../state/review-context.ts';

/** After a comment was kept, or all were sent, the same keys do nothing for so long: who presses them twice wants one. */
const deafMs = 600;

/** The comments that nobody has sent, to be sent together. Without any there is no bar. */
export const GatheredBar = ({ row }: { readonly row: DashboardRow | undefined }) => {
  const scope = useReview();
  const { toasts } = useWindow();
  const { comments } = scope;
  const prompt = useSignal<string | null>(null);
  const open = comments.open.value;
  if (open.length === 0) return null;
  const queued = open.filter(({ state }) => state === 'queued').length;
  const isBusy = row !== undefined && isUnderWay(row);
  const files = new Set(open.map((comment) => commentPlace(comment).path)).size;
  return (
    <section class="gathered" aria-label="Comments to send">
      <span class="gathered-count">
        <Icon name="comment" />
        <strong>{counted(open.length, 'comment')}</strong>
        <span class="quiet hide-narrow">
          in {counted(files, 'file')}
          {queued > 0 ? ` · ${queued} queued` : ''}
          {isBusy && ` · Goes when run ${row.runCount} has ended`}
        </span>
      </span>
      <input
        class="input"
        placeholder="A word to go with them (optional)"
        aria-label="A word to go with them"
        value={comments.words.value}
        maxLength={20_000}
        onInput={({ currentTarget }) => {
          comments.words.value = currentTarget.value;
        }}
      />
      <span class="gathered-room" />
      <Button
        look="bare"
        class="hide-narrow"
        tellsRuntime
        onClick={() =>
          void comments.prompt().then((text) => {
            prompt.value = text;
          }, toasts.showError)
        }
      >
        See the prompt
      </Button>
      {queued < open.length && (
        <Button
          look="primary"
          icon="send"
          busy={comments.isSending.value}
          tellsRuntime
          onClick={() => sendComments(scope, row, toasts)}
        >
          {isBusy ? 'Queue for the agent' : 'Send to the agent'}
          <Keys of="Mod+Enter" />
        </Button>
      )}
      {queued > 0 && (
        <Button tellsRuntime onClick={() => void comments.unqueue().catch(toasts.showError)}>
          Take {queued === open.length ? 'them' : counted(queued, 'comment')} back
        </Button>
      )}
      {prompt.value !== null && (
        <Dialog
          title="The prompt as it would be"
          size="large"
          onClose={() => {
            prompt.value = null;
          }}
        >
          <div class="prompt-text">
            <PlainText text={prompt.value} asIs />
          </div>
        </Dialog>
      )}
    </section>
  );
};

/** Sends all comments that are open, or queues them while the agent is at work. */
export const sendComments = ({ comments }: ReviewScope, row: DashboardRow | undefined, toasts: Toasts): void => {
  const count = comments.open.peek().filter(({ state }) => state === 'open').length;
  if (count === 0 || row === undefined || isDeaf(comments)) return;
  const words = counted(count, 'comment');
  comments.send(isUnderWay(row)).then(
    (run) =>
      toasts.showToast({
        text: run === null ? `${words} go when run ${row.runCount} has ended.` : `${words} sent as run ${run}.`,
      }),
    toasts.showError,
  );
};

/** Whether what the keys did last is so new that they are deaf. */
export const isDeaf = ({ isSending, doneAt }: ReviewScope['comments']): boolean =>
  isSending.peek() || Date.now() - doneAt.peek() < deafMs;
