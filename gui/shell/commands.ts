/** Every command of the window: the palette lists them, the help shows their keys, the keyboard starts them. */

import type { IconName } from '../components/icon.tsx';
import { isActive } from '../state/dashboard-state.ts';
import { type Order, orderNames } from '../state/order.ts';
import { focusFilter, focusList, isUnderWay } from './actions.ts';
import { type Theme, themes } from './preferences.ts';
import type { WindowScope } from './window-scope.ts';

export type Command = {
  readonly id: string;
  readonly title: string;
  readonly icon: IconName;
  /** Shown beside it; `keyboard.ts` makes it work. */
  readonly keys?: string;
  readonly run: () => void;
};

/** The commands that make sense now. */
export const currentCommands = (scope: WindowScope): readonly Command[] => {
  const { store, actions, preferences, attentionWatch } = scope;
  const { navigate } = scope.navigation;
  const { chooseOrder, filterText, openedId, order, overlay } = store;
  const { theme, stepTextSize } = preferences;
  const { askForNotifications, markAllSeen, notificationPermission } = attentionWatch;
  return [
    ...commandsOfSession(scope),
    { id: 'new', title: 'New session', icon: 'add', keys: 'N', run: () => navigate({ kind: 'new' }) },
    {
      id: 'search',
      title: 'Search all sessions',
      icon: 'search',
      keys: 'S',
      run: () => navigate({ kind: 'search', terms: { text: '' } }),
    },
    {
      id: 'attention',
      title: 'Show what waits for you',
      icon: 'attention',
      keys: 'A',
      run: () => (overlay.value = { kind: 'attention' }),
    },
    { id: 'file', title: 'Open a run from a file', icon: 'document', run: () => navigate({ kind: 'file' }) },
    { id: 'landings', title: 'Show the landing queue', icon: 'land', run: () => navigate({ kind: 'landings' }) },
    {
      id: 'discarded',
      title: 'Show discarded work',
      icon: 'restore',
      run: () => actions.ask({ kind: 'discarded', id: null }),
    },
    { id: 'actors', title: 'Show the actors at work', icon: 'actors', run: () => navigate({ kind: 'actors' }) },
    { id: 'seen', title: 'Mark everything as seen', icon: 'check', run: markAllSeen },
    { id: 'filter', title: 'Filter the list', icon: 'filter', keys: '/', run: focusFilter },
    ...(filterText.value === ''
      ? []
      : [{ id: 'unfilter', title: 'Clear the filter', icon: 'close', run: () => (filterText.value = '') } as const]),
    { id: 'list', title: 'Go to the list', icon: 'document', keys: 'L', run: focusList },
    ...(openedId.value === null
      ? []
      : [{ id: 'close', title: 'Close the session', icon: 'back', keys: 'Esc', run: actions.closeSession } as const]),
    ...(Object.keys(orderNames) as readonly Order[])
      .filter((name) => name !== order.value)
      .map(
        (name): Command => ({
          id: `order-${name}`,
          title: `Sort by: ${orderNames[name]}`,
          icon: 'sort',
          run: () => chooseOrder(name),
        }),
      ),
    ...(Object.keys(themes) as readonly Theme[])
      .filter((name) => name !== theme.value)
      .map(
        (name): Command => ({
          id: `theme-${name}`,
          title: `Theme: ${themes[name]}`,
          icon: 'theme',
          run: () => (theme.value = name),
        }),
      ),
    { id: 'larger', title: 'Larger text', icon: 'add', run: () => stepTextSize(1) },
    { id: 'smaller', title: 'Smaller text', icon: 'theme', run: () => stepTextSize(-1) },
    ...(notificationPermission.value === 'default'
      ? [
          {
            id: 'notify',
            title: 'Allow desktop notifications',
            icon: 'attention',
            run: () => void askForNotifications(),
          } as const,
        ]
      : []),
    { id: 'help', title: 'Keyboard help', icon: 'help', keys: '?', run: () => (overlay.value = { kind: 'help' }) },
  ];
};

/** What can be done with the session that is open, or else selected. */
const commandsOfSession = ({ store, actions, navigation }: WindowScope): readonly Command[] => {
  const { openedId, overlay, rowsById, selectedId } = store;
  const { copyText, inspectSession, interruptSession, openWorktree, resumeSession, reviewSession } = actions;
  const row = rowsById.value.get(openedId.value ?? selectedId.value ?? '');
  if (row === undefined) return [];
  return [
    ...(row.restored && isActive(row)
      ? [{ id: 'resume', title: 'Resume this session', icon: 'play', run: () => resumeSession(row) } as const]
      : []),
    ...(isUnderWay(row)
      ? [{ id: 'interrupt', title: 'Interrupt this session', icon: 'stop', run: () => interruptSession(row) } as const]
      : []),
    ...(row.worktree.path === null
      ? []
      : [
          { id: 'worktree', title: 'Open the worktree', icon: 'folder', run: () => openWorktree(row) } as const,
          {
            id: 'path',
            title: 'Copy the path of the worktree',
            icon: 'copy',
            run: () => copyText(row.worktree.path ?? '', 'path'),
          } as const,
        ]),
    {
      id: 'review',
      title: 'Review what this session changed',
      icon: 'diff',
      keys: 'R',
      run: () => reviewSession(row.id),
    },
    {
      id: 'inspect',
      title: 'Inspect this session',
      icon: 'inspect',
      keys: 'I',
      run: () => inspectSession(row.id),
    },
    {
      id: 'land',
      title: 'Land what this session made…',
      icon: 'land',
      keys: 'Shift+L',
      run: () => navigation.navigate({ kind: 'land', id: row.id }),
    },
    {
      id: 'setup',
      title: 'Show the setup and checks of its repository',
      icon: 'command',
      run: () => actions.ask({ kind: 'setup', id: row.id }),
    },
    {
      id: 'undo',
      title: 'Undo a run of this session…',
      icon: 'restore',
      keys: 'U',
      run: () => actions.ask({ kind: 'undo', id: row.id, run: null }),
    },
    {
      id: 'fork',
      title: 'Fork this session…',
      icon: 'fork',
      keys: 'Shift+F',
      run: () => actions.ask({ kind: 'fork', id: row.id, snapshot: null }),
    },
    {
      id: 'rename',
      title: 'Rename this session',
      icon: 'pencil',
      keys: 'F2',
      run: () => (overlay.value = { kind: 'rename', id: row.id }),
    },
    {
      id: 'remove',
      title: 'Remove this session',
      icon: 'trash',
      run: () => (overlay.value = { kind: 'remove', id: row.id }),
    },
  ];
};
