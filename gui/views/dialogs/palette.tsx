import { useId, useMemo, useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { Keys } from '../../components/keys.tsx';
import { StatusChip } from '../../components/status-chip.tsx';
import { type Command, currentCommands } from '../../shell/commands.ts';
import { useWindow, type WindowScope } from '../../shell/window-scope.ts';
import { isStill } from '../../state/dashboard-state.ts';
import { plainLine } from '../../state/plain-text.ts';
import { ranked } from '../../state/rank.ts';

const mostSessions = 30;
const sessionsUnasked = 6;

type Entry = Command & { readonly sessionId?: string };

/** Everything by its name: commands, sessions, and a search for what was typed. */
export const Palette = ({ onClose }: { readonly onClose: () => void }) => {
  const scope = useWindow();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const listId = useId();
  const rows = scope.store.dashboard.value?.rows ?? [];
  const entries = useMemo(() => entriesFor(scope, typed), [scope, typed, rows]);
  const active = entries[Math.min(at, entries.length - 1)];

  const run = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    onClose();
    // After the palette has given the focus back, so that a command can take it.
    queueMicrotask(entry.run);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const { length } = entries;
    if (event.key === 'Enter') run(active);
    else if (length === 0) return;
    else if (event.key === 'ArrowDown') setAt((at + 1) % length);
    else if (event.key === 'ArrowUp') setAt((at - 1 + length) % length);
    else if (event.key === 'PageDown') setAt(Math.min(length - 1, at + 8));
    else if (event.key === 'PageUp') setAt(Math.max(0, at - 8));
    else return;
    event.preventDefault();
  };

  return (
    <Dialog title="Commands and sessions" bare onClose={onClose} class="palette">
      <label class="palette-input">
        <Icon name="search" />
        <span class="visually-hidden">Command or session</span>
        <input
          type="text"
          role="combobox"
          autofocus
          autocomplete="off"
          spellcheck={false}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={active ? `${listId}-${active.id}` : undefined}
          placeholder="What would you like to do?"
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <div id={listId} class="palette-list" role="listbox" aria-label="Commands and sessions" tabIndex={-1}>
        {entries.map((entry) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input above takes the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the input above has the focus and names the active option
          <div
            key={entry.id}
            id={`${listId}-${entry.id}`}
            class="palette-entry"
            role="option"
            aria-selected={entry === active}
            ref={entry === active ? showInList : null}
            onClick={() => run(entry)}
            onPointerMove={() => setAt(entries.indexOf(entry))}
          >
            <Icon name={entry.icon} />
            <span class="one-line">{entry.title}</span>
            <Trailing entry={entry} />
          </div>
        ))}
      </div>
    </Dialog>
  );
};

const Trailing = ({ entry }: { readonly entry: Entry }) => {
  const { rowsById } = useWindow().store;
  const row = entry.sessionId === undefined ? undefined : rowsById.value.get(entry.sessionId);
  if (row) return <StatusChip status={row.status} still={isStill(row)} />;
  return entry.keys ? <Keys of={entry.keys} /> : null;
};

const showInList = (element: HTMLElement | null): void => element?.scrollIntoView({ block: 'nearest' });

const entriesFor = (scope: WindowScope, typed: string): readonly Entry[] => {
  const { openSession } = scope.actions;
  const { navigate } = scope.navigation;
  const sessions = (scope.store.dashboard.peek()?.rows ?? []).map(
    (row): Entry => ({
      id: row.id,
      sessionId: row.id,
      title: plainLine(row.name),
      icon: 'document',
      run: () => openSession(row.id),
    }),
  );
  const commands: readonly Entry[] = currentCommands(scope);
  if (typed.trim() === '')
    return [...commands.slice(0, 9), ...sessions.slice(0, sessionsUnasked), ...commands.slice(9)];
  const text = typed.trim();
  const search: Entry = {
    id: 'search-typed',
    title: `Search all sessions for “${text}”`,
    icon: 'search',
    run: () => navigate({ kind: 'search', terms: { text } }),
  };
  return [...ranked([...commands, ...sessions], typed, (entry) => entry.title).slice(0, mostSessions), search];
};
