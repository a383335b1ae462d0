import { counted } from '../../../actors/protocol/facts/counted.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Keys, keyText } from '../../components/keys.tsx';
import type { MenuItem } from '../../components/menu.tsx';
import { focusList } from '../../shell/actions.ts';
import { currentCommands } from '../../shell/commands.ts';
import { type Theme, themes } from '../../shell/preferences.ts';
import { useWindow, type WindowScope } from '../../shell/window-scope.ts';
import { Brand } from './brand.tsx';

export const TopBar = () => {
  const scope = useWindow();
  const { menus, store } = scope;
  const { navigate } = scope.navigation;
  const { attention, filterText, overlay } = store;
  const waiting = attention.value.length;
  return (
    <header class="top-bar">
      <Brand />
      <label class="filter">
        <span class="visually-hidden">Filter the sessions</span>
        <Icon name="filter" />
        <input
          id="filter"
          type="search"
          autocomplete="off"
          spellcheck={false}
          placeholder="Filter sessions"
          value={filterText.value}
          onInput={(event) => {
            filterText.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && filterText.value !== '') filterText.value = '';
            else if (event.key !== 'ArrowDown' && event.key !== 'Escape') return;
            else focusList();
            event.preventDefault();
            event.stopPropagation();
          }}
        />
        <Keys of="/" />
      </label>
      <nav class="top-actions" aria-label="Window">
        <Button
          look="bare"
          icon="search"
          label="Search all sessions (S)"
          onClick={() => navigate({ kind: 'search', terms: { text: '' } })}
        />
        <Button
          look="bare"
          icon="attention"
          class="attention-button"
          label={waiting > 0 ? `${counted(waiting, 'session')} to look at (A)` : 'Nothing waits for you (A)'}
          onClick={() => {
            overlay.value = { kind: 'attention' };
          }}
        >
          {waiting > 0 ? <span class="attention-count numbers">{waiting > 99 ? '99+' : waiting}</span> : undefined}
        </Button>
        <Button
          look="bare"
          icon="more"
          label="More"
          aria-haspopup="menu"
          onClick={(event) => menus.openMenu(event.currentTarget, 'More', moreItems(scope))}
        />
        <Button look="primary" icon="add" onClick={() => navigate({ kind: 'new' })} title="New session (N)">
          <span class="new-label">New session</span>
        </Button>
      </nav>
    </header>
  );
};

const moreItems = (scope: WindowScope): readonly MenuItem[] => {
  const { overlay } = scope.store;
  const { navigate } = scope.navigation;
  const { theme } = scope.preferences;
  return [
    {
      label: 'Commands…',
      icon: 'command',
      detail: keyText('Mod+K'),
      run: () => {
        overlay.value = { kind: 'palette' };
      },
    },
    { label: 'Actors at work', icon: 'actors', run: () => navigate({ kind: 'actors' }) },
    {
      label: 'Keyboard help',
      icon: 'help',
      detail: '?',
      run: () => {
        overlay.value = { kind: 'help' };
      },
    },
    ...currentCommands(scope)
      .filter((command) => command.id === 'notify')
      .map((command): MenuItem => ({ label: command.title, icon: command.icon, run: command.run })),
    'line',
    ...(Object.keys(themes) as readonly Theme[]).map(
      (name): MenuItem => ({
        label: themes[name],
        checked: theme.value === name,
        run: () => {
          theme.value = name;
        },
      }),
    ),
  ];
};
