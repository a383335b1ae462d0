import type { QueuedPrompt } from '../../../actors/protocol/gateway/queue-routes.ts';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { keyText } from '../../components/keys.tsx';
import type { MenuItem } from '../../components/menu.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { shortLine } from '../text/visible.ts';
import { queuedNotes } from './queue-words.ts';

/** What can be done to one that waits; `to` are places from 1. */
export type QueuedDeeds = {
  readonly edit: (queued: QueuedPrompt) => void;
  readonly move: (queued: QueuedPrompt, to: number) => void;
  readonly withdraw: (queued: QueuedPrompt) => void;
  /** Null while a run is under way. */
  readonly send: ((queued: QueuedPrompt) => void) | null;
  /** Takes the focus to a place: at most to the first or last one, beyond the last to the composer. */
  readonly focus: (place: number) => void;
  readonly leave: () => void;
};

type QueuedRowProps = {
  readonly queued: QueuedPrompt;
  readonly elementId: string;
  /** From 1. */
  readonly place: number;
  readonly count: number;
  /** The one that Tab stops at. */
  readonly isActive: boolean;
  readonly isSending: boolean;
  readonly deeds: QueuedDeeds;
  readonly onFocus: () => void;
};

const mostCharacters = 300;

/** One that waits: its place, its text on a line, and what can be done to it by the pointer, by keys and by its menu. */
export const QueuedRow = (props: QueuedRowProps) => {
  const { queued, elementId, place, count, isActive, isSending, deeds, onFocus } = props;
  const { menus, store } = useWindow();
  const notes = queuedNotes(queued);
  const text = shortLine(queued.text, mostCharacters);
  const tabIndex = isActive ? 0 : -1;

  const showMenu = (anchor: Element | DOMRect): void =>
    menus.openMenu(anchor, `Queued prompt ${place}`, menuOf(props, store.isStale.value));

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || isSending) return;
    const act = (event.altKey ? altKeys : keys)[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act === undefined) return;
    event.preventDefault();
    act(event);
  };
  const step = (by: number): void => {
    const to = place + by;
    if (to >= 1 && to <= count && !store.isStale.value) deeds.move(queued, to);
  };
  const altKeys: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowUp: () => step(-1),
    ArrowDown: () => step(1),
  };
  const withdraw = (): void => {
    if (!store.isStale.value) deeds.withdraw(queued);
  };
  const keys: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowUp: () => deeds.focus(place - 1),
    ArrowDown: () => deeds.focus(place + 1),
    Home: () => deeds.focus(1),
    End: () => deeds.focus(count),
    e: () => deeds.edit(queued),
    Delete: withdraw,
    Backspace: withdraw,
    '.': ({ currentTarget }) => {
      if (currentTarget instanceof Element) showMenu(currentTarget);
    },
    Escape: deeds.leave,
  };

  return (
    <li
      class={classes('queued', isSending && 'is-sending')}
      onKeyDown={onKeyDown}
      onFocusCapture={onFocus}
      onContextMenu={(event) => {
        event.preventDefault();
        showMenu(new DOMRect(event.clientX, event.clientY, 0, 0));
      }}
    >
      <span class="queued-place numbers" aria-hidden="true">
        {place.toLocaleString('en')}
      </span>
      <button
        type="button"
        id={elementId}
        class="queued-text one-line"
        tabIndex={tabIndex}
        aria-label={`Queued prompt ${place} of ${count}: ${text}`}
        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown E Delete"
        title={text}
        disabled={isSending}
        onClick={() => deeds.edit(queued)}
      >
        {text}
      </button>
      {notes !== null && <span class="queued-notes">{notes}</span>}
      {isSending ? (
        <span class="queued-notes">being sent</span>
      ) : (
        <span class="queued-tools">
          <Button
            look="bare"
            icon="pencil"
            label="Edit (E)"
            class="queued-button"
            tabIndex={tabIndex}
            onClick={() => deeds.edit(queued)}
          />
          <Button
            look="bare"
            icon="close"
            label="Withdraw (Delete)"
            class="queued-button"
            tabIndex={tabIndex}
            tellsRuntime
            onClick={() => deeds.withdraw(queued)}
          />
          <Button
            look="bare"
            icon="more"
            label={`Actions for queued prompt ${place}`}
            title="Actions (.)"
            class="queued-button"
            tabIndex={tabIndex}
            aria-haspopup="menu"
            onClick={({ currentTarget }) => showMenu(currentTarget)}
          />
        </span>
      )}
    </li>
  );
};

const menuOf = ({ queued, place, count, deeds }: QueuedRowProps, isStale: boolean): readonly MenuItem[] => {
  const { edit, move, withdraw, send } = deeds;
  const to = (label: string, target: number, keys?: string): MenuItem => ({
    label,
    run: () => move(queued, target),
    disabled: isStale || target < 1 || target > count || target === place,
    ...(keys === undefined ? {} : { detail: keyText(keys) }),
  });
  return [
    { label: 'Edit', icon: 'pencil', run: () => edit(queued), detail: 'E' },
    ...(send === null
      ? []
      : [{ label: 'Send now', icon: 'send' as const, run: () => send(queued), disabled: isStale }]),
    'line',
    to('Move up', place - 1, 'Alt+Up'),
    to('Move down', place + 1, 'Alt+Down'),
    to('Make it the first', 1),
    to('Make it the last', count),
    'line',
    { label: 'Withdraw', icon: 'close', run: () => withdraw(queued), detail: 'Del', disabled: isStale },
  ];
};
