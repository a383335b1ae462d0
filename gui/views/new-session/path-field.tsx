import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { FolderCompletion, RecentRepositories } from '../../../actors/protocol/gateway/window.ts';
import { Field } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { plainLine } from '../../state/plain-text.ts';

type Suggestion = { readonly path: string; readonly isRepository: boolean; readonly isRecent: boolean };

export type PathFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (path: string) => void;
  readonly hint?: string | undefined;
  readonly problem?: string | null | undefined;
};

const settleMs = 120;

/** A folder's path with completion: recent repositories while it is empty, the folders there are while it is typed. */
export const PathField = ({ label, value, onChange, hint, problem }: PathFieldProps) => {
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const suggestions = useSuggestions(value, open);
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const shown = open && suggestions.length > 0;

  const take = ({ path, isRepository }: Suggestion): void => {
    onChange(isRepository ? path : `${path}/`);
    setOpen(!isRepository);
    setAt(-1);
    input.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const { length } = suggestions;
    const chosen = suggestions[at < 0 && event.key === 'Tab' && length === 1 ? 0 : at];
    if (event.key === 'ArrowDown' && !shown) setOpen(true);
    else if (event.key === 'ArrowDown') setAt((at + 1) % length);
    else if (event.key === 'ArrowUp' && shown) setAt((at - 1 + length) % length);
    else if (event.key === 'Escape' && shown) setOpen(false);
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.ctrlKey && !event.metaKey && shown && chosen) {
      if (event.shiftKey || chosen.path === value) return;
      take(chosen);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <Field label={label} hint={hint} problem={problem}>
      {(props) => (
        <div class="path-field">
          <input
            {...props}
            ref={input}
            class="input mono"
            role="combobox"
            aria-expanded={shown}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={shown && at >= 0 ? `${listId}-${at}` : undefined}
            autocomplete="off"
            spellcheck={false}
            placeholder="~/projects/…"
            value={value}
            onFocus={() => setOpen(value === '')}
            onBlur={() => setOpen(false)}
            onInput={(event) => {
              onChange(event.currentTarget.value);
              setOpen(true);
              setAt(-1);
            }}
            onKeyDown={onKeyDown}
          />
          <div id={listId} class="path-list" role="listbox" aria-label="Suggestions" hidden={!shown}>
            {suggestions.map((suggestion, index) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the input has the focus and names the active option
              <div
                key={suggestion.path}
                id={`${listId}-${index}`}
                class="path-option"
                role="option"
                aria-selected={index === at}
                onPointerDown={(event) => {
                  // The input keeps the focus.
                  event.preventDefault();
                  take(suggestion);
                }}
              >
                <Icon name={suggestion.isRepository ? 'branch' : 'folder'} />
                <span class="one-line">{plainLine(suggestion.path)}</span>
                {suggestion.isRecent && <span class="quiet">recent</span>}
              </div>
            ))}
          </div>
        </div>
      )}
    </Field>
  );
};

const useSuggestions = (value: string, open: boolean): readonly Suggestion[] => {
  const { call } = useWindow().connection;
  const [recent, setRecent] = useState<RecentRepositories['repositories']>([]);
  const [folders, setFolders] = useState<FolderCompletion['folders']>([]);

  useEffect(() => {
    call('repositories', {})
      .then((answer) => setRecent(answer.repositories))
      .catch(() => setRecent([]));
  }, [call]);

  useEffect(() => {
    if (!open) return;
    const asking = new AbortController();
    const timer = setTimeout(() => {
      call('folders', { query: { path: value } }, { signal: asking.signal })
        .then((answer) => setFolders(answer.folders))
        .catch(() => {});
    }, settleMs);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [call, value, open]);

  const typed = value.toLocaleLowerCase();
  const isPath = /^[/~]/u.test(value);
  const recents = recent
    .filter(
      ({ path }) => path !== value && path.toLocaleLowerCase().includes(isPath ? typed.replace(/^~/u, '') : typed),
    )
    .slice(0, 6)
    .map(({ path }): Suggestion => ({ path, isRepository: true, isRecent: true }));
  const known = new Set(recents.map(({ path }) => path));
  const found = isPath || value === '' ? folders.map((folder): Suggestion => ({ ...folder, isRecent: false })) : [];
  return [...recents, ...found.filter(({ path }) => !known.has(path) && path !== value)];
};
