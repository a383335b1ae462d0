import { type Signal, useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { QueuedPrompt } from '../../../actors/protocol/gateway/queue-routes.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { useSession } from '../state/session-context.ts';
import { shortLine } from '../text/visible.ts';
import type { QueueState } from './queue-state.ts';
import { queueHead } from './queue-words.ts';
import { QueuedEdit } from './queued-edit.tsx';
import { type QueuedDeeds, QueuedRow } from './queued-row.tsx';
import { headToShow, leftOut, shownAtOnce } from './shown-places.ts';

type QueuedPromptsProps = {
  readonly queue: QueueState;
  /** The one that is to take the focus next, as soon as it is drawn. */
  readonly wanted: Signal<string | null>;
  /** Back to the composer. */
  readonly leave: () => void;
  /** Gives the composer what was written for one that does not wait any more. */
  readonly giveBack: (text: string) => void;
};

/** The prompts that wait, on top of the composer; nothing where none does. */
export const QueuedPrompts = ({ queue, wanted, leave, giveBack }: QueuedPromptsProps) => {
  const { toasts } = useWindow();
  const { row, live, state } = useSession();
  const listId = useId();
  const list = useRef<HTMLOListElement>(null);
  const active = useSignal<string | null>(null);
  const editing = useSignal<{ readonly queueId: string; readonly text: string } | null>(null);
  const headShown = useSignal(shownAtOnce);
  const said = useSignal('');

  const prompts = queue.prompts.value;
  const count = prompts.length;
  const left = leftOut(count, headShown.value);
  const activeId = prompts.some(({ queueId }) => queueId === active.value) ? active.value : prompts[0]?.queueId;
  const idOf = (queueId: string): string => `${listId}-${queueId}`;

  // Read before what is drawn changes: an element that is moved or gone has lost the focus.
  const focused = list.current?.contains(document.activeElement) === true ? activeId : null;
  const wantedId = wanted.value;
  useLayoutEffect(() => {
    const lost = focused !== null && document.activeElement === document.body;
    const target = wantedId ?? (lost ? focused : null);
    if (target === null || target === undefined) return;
    const element = document.getElementById(idOf(target));
    if (element !== null) element.focus();
    else if (lost) leave();
    if (element !== null && wantedId !== null) wanted.value = null;
  });

  // One that is sent while it is edited goes as it was; what was written for it is not lost.
  const edited = editing.value;
  const isEditedGone = edited !== null && !prompts.some(({ queueId }) => queueId === edited.queueId);
  useLayoutEffect(() => {
    if (!isEditedGone || edited === null) return;
    editing.value = null;
    giveBack(edited.text);
    toasts.showToast({ text: 'The prompt you edited does not wait any more. What you wrote is in the composer.' });
  }, [isEditedGone]);

  const focusAt = (index: number): void => {
    const target = prompts[index];
    if (target === undefined) return;
    headShown.value = headToShow(index, count, headShown.value);
    wanted.value = target.queueId;
  };

  const send = async ({ queueId }: QueuedPrompt): Promise<void> => {
    leave();
    if (await queue.send(queueId)) await state.goToEnd();
  };

  const deeds: QueuedDeeds = {
    edit: ({ queueId, text }) => {
      editing.value = { queueId, text };
    },
    move: ({ queueId }, to) => {
      headShown.value = headToShow(to - 1, count, headShown.value);
      wanted.value = queueId;
      said.value = `Moved to place ${to} of ${count}.`;
      void queue.move(queueId, to);
    },
    withdraw: (queued) => {
      const index = prompts.indexOf(queued);
      const next = prompts[index + 1] ?? prompts[index - 1];
      if (next === undefined) leave();
      else wanted.value = next.queueId;
      void queue.withdraw(queued.queueId).then((isDone) => {
        if (!isDone) return;
        toasts.showToast({
          text: `Withdrawn: “${shortLine(queued.text, 80)}”`,
          action: { label: 'Undo', undoes: true, run: () => void queue.putBack(queued, index + 1) },
        });
      });
    },
    send: live.value === null ? (queued) => void send(queued) : null,
    focus: (place) => {
      if (place > count) leave();
      else focusAt(Math.max(0, place - 1));
    },
    leave,
  };

  const keep = (queued: QueuedPrompt, text: string): void => {
    editing.value = null;
    wanted.value = queued.queueId;
    if (text === queued.text) return;
    void queue.change(queued.queueId, text).then((isDone) => {
      if (!isDone) giveBack(text);
    });
  };

  const rowOf = (queued: QueuedPrompt, index: number) =>
    edited?.queueId === queued.queueId ? (
      <li key={queued.queueId} class="queued is-edited">
        <span class="queued-place numbers" aria-hidden="true">
          {index + 1}
        </span>
        <QueuedEdit
          place={index + 1}
          text={edited.text}
          write={(text) => {
            editing.value = { queueId: queued.queueId, text };
          }}
          keep={() => keep(queued, edited.text.trim())}
          cancel={() => {
            editing.value = null;
            wanted.value = queued.queueId;
          }}
        />
      </li>
    ) : (
      <QueuedRow
        key={queued.queueId}
        queued={queued}
        elementId={idOf(queued.queueId)}
        place={index + 1}
        count={count}
        isActive={queued.queueId === activeId}
        isSending={queued.queueId === queue.sending.value}
        deeds={deeds}
        onFocus={() => {
          active.value = queued.queueId;
        }}
      />
    );

  const { isHeld, title, words } = queueHead(prompts, queue.holds.value, row.value?.runCount ?? 0);
  const [first] = prompts;
  if (first === undefined) return null;
  return (
    <section class="prompt-queue" aria-label="Queued prompts">
      <header class="prompt-queue-head">
        <Icon name={isHeld ? 'pause' : 'queue'} />
        <strong>{title}</strong>
        <span class="quiet one-line" title={words}>
          {words}
        </span>
        {isHeld && (
          <Button
            class="queued-button"
            tellsRuntime
            busy={queue.sending.value !== null}
            onClick={() => void send(first)}
          >
            Send the first
          </Button>
        )}
      </header>
      <ol ref={list} class="prompt-queue-list">
        {prompts.slice(0, left?.from ?? count).map(rowOf)}
        {left !== null && (
          <li key="more" class="queued">
            <button
              type="button"
              class="prompt-queue-more"
              onClick={() => {
                focusAt(left.from);
                headShown.value = left.from + shownAtOnce;
              }}
            >
              {(left.to - left.from).toLocaleString('en')} more wait here: show{' '}
              {Math.min(shownAtOnce, left.to - left.from)} of them
            </button>
          </li>
        )}
        {left !== null && prompts.slice(left.to).map((queued, index) => rowOf(queued, left.to + index))}
      </ol>
      <p class="visually-hidden" role="status">
        {said.value}
      </p>
    </section>
  );
};
