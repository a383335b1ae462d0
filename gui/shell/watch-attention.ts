/** What follows from sessions that wait for a person: the title's count, notifications, and what counts as seen. */
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Memory } from '../connection/memory.ts';
import {
  type AttentionItem,
  type AttentionKind,
  endedWords,
  lookAt,
  lookAtAll,
  newItems,
  withoutGone,
} from '../state/attention.ts';
import { plainLine } from '../state/plain-text.ts';
import type { Navigation } from './navigation.ts';
import type { Store } from './store.ts';

export const attentionWords: Readonly<Record<AttentionKind, string>> = {
  approval: 'waits for your approval',
  restored: 'was restored and can be resumed',
  failed: 'failed',
  ended: 'has ended',
};

export type AttentionWatch = {
  /** What the platform says about notifications; `unsupported` where it has none. */
  readonly notificationPermission: ReadonlySignal<NotificationPermission | 'unsupported'>;
  /**
   * Whether the person wanted notifications before and has to say so again: browsers keep the permission by origin, and
   * the window has another one with each start of the runtime.
   */
  readonly wantsNotificationsAgain: ReadonlySignal<boolean>;
  /** Asks the person, which platforms allow on a click only. */
  readonly askForNotifications: () => Promise<void>;
  /** The person does not want them any more. */
  readonly doWithoutNotifications: () => void;
  readonly markAllSeen: () => void;
  /** Counts in the title, notifies, and marks as seen from now on. */
  readonly watch: () => void;
};

export type AttentionWatchDependencies = {
  readonly memory: Memory;
  readonly store: Store;
  readonly navigate: Navigation['navigate'];
};

const isYes = (value: unknown): value is true => value === true;

const isWatched = (): boolean => !document.hidden && document.hasFocus();

export const createAttentionWatch = ({ memory, store, navigate }: AttentionWatchDependencies): AttentionWatch => {
  const { attention, dashboard, looked, openedId, rowsById } = store;
  const notificationPermission = signal<NotificationPermission | 'unsupported'>(
    'Notification' in globalThis ? Notification.permission : 'unsupported',
  );
  const wantsNotificationsAgain = signal(
    notificationPermission.value === 'default' && memory.recall('notifications', isYes) === true,
  );

  const notify = ({ row, kind }: AttentionItem): void => {
    if (notificationPermission.value !== 'granted') return;
    const notification = new Notification(plainLine(row.name), {
      body: endedWords({ row, kind }) ?? attentionWords[kind],
      // One that has the tag of another takes its place without a sound.
      tag: kind === 'approval' ? (row.approvalIds.at(-1) ?? row.id) : row.id,
    });
    notification.onclick = () => {
      window.focus();
      navigate({ kind: 'session', id: row.id, at: null });
    };
  };

  const watch = (): void => {
    // The session that is open in a window somebody looks at is seen, also when it changes meanwhile.
    const see = (): void => {
      const row = rowsById.value.get(openedId.value ?? '');
      if (row && isWatched()) looked.value = lookAt(looked.peek(), row, Date.now());
    };
    effect(see);
    window.addEventListener('focus', see);

    let before: readonly AttentionItem[] | null = null;
    let title = document.title;
    effect(() => {
      const items = attention.value;
      const isKnown = dashboard.value !== null;
      title = items.length > 0 ? `(${items.length}) Throughline` : 'Throughline';
      if (document.title !== title) document.title = title;
      if (!isKnown) return;
      if (before === null) looked.value = withoutGone(looked.peek(), dashboard.peek()?.rows ?? []);
      // What was there at the first sight of it is no news.
      else if (!isWatched()) for (const item of newItems(before, items)) notify(item);
      before = items;
    });
  };

  return Object.freeze({
    notificationPermission,
    wantsNotificationsAgain,
    askForNotifications: async () => {
      if (notificationPermission.value === 'unsupported') return;
      notificationPermission.value = await Notification.requestPermission();
      if (notificationPermission.value === 'granted') memory.remember('notifications', true);
      wantsNotificationsAgain.value = false;
    },
    doWithoutNotifications: () => {
      memory.remember('notifications', null);
      wantsNotificationsAgain.value = false;
    },
    markAllSeen: () => {
      looked.value = lookAtAll(looked.value, dashboard.value?.rows ?? [], Date.now());
    },
    watch,
  } satisfies AttentionWatch);
};
