import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useWindow } from '../../shell/window-scope.ts';
import { type Completable, completableAt, completed, matchingCommands, type Suggestion } from '../model/completion.ts';
import { useSession } from '../state/session-context.ts';

const settleMs = 80;
/** More are not looked through; whoever wants another types on. */
const mostShown = 8;

export type Completion = {
  readonly listId: string;
  readonly kind: Completable['kind'] | null;
  readonly suggestions: readonly Suggestion[];
  /** How many there are, shown or not. */
  readonly total: number;
  /** The one that a key would take; −1 for none. */
  readonly at: number;
  readonly take: (suggestion: Suggestion) => void;
  /** To be told when the text or the caret has changed. */
  readonly look: () => void;
  readonly close: () => void;
  /** Whether a key was meant for the list. */
  readonly takesKey: (event: KeyboardEvent) => boolean;
};

export type CompletionOptions = {
  readonly input: { readonly current: HTMLTextAreaElement | null };
  readonly write: (text: string) => void;
  /** A path was taken. */
  readonly onPath: (path: string) => void;
};

/** Completes the agent’s commands and the worktree’s paths in a prompt. */
export const useCompletion = ({ input, write, onPath }: CompletionOptions): Completion => {
  const { call } = useWindow().connection;
  const { id, state } = useSession();
  const completable = useSignal<Completable | null>(null);
  const paths = useSignal<readonly string[]>([]);
  const at = useSignal(0);
  const caret = useRef<number | null>(null);
  const listId = useId();

  const now = completable.value;
  const typedPath = now?.kind === 'path' ? now.typed : null;
  useEffect(() => {
    if (typedPath === null) return;
    const asking = new AbortController();
    const timer = setTimeout(() => {
      call('files', { parameters: { id }, query: { query: typedPath } }, { signal: asking.signal })
        .then(({ files }) => {
          paths.value = files;
        })
        .catch(() => {
          // A prompt is written without completion as well.
          if (!asking.signal.aborted) paths.value = [];
        });
    }, settleMs);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [call, id, typedPath]);

  // The caret is put where it belongs once the text is there.
  useEffect(() => {
    if (caret.current !== null) input.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  const all =
    now === null
      ? []
      : now.kind === 'command'
        ? matchingCommands(state.detail.value?.commands ?? [], now.typed)
        : paths.value.map((path): Suggestion => ({ value: path, words: null, hint: null }));
  const suggestions = all.slice(0, mostShown);

  const close = (): void => {
    completable.value = null;
    paths.value = [];
  };

  const take = (suggestion: Suggestion): void => {
    const element = input.current;
    if (now === null || element === null) return;
    const next = completed(element.value, now, suggestion);
    if (now.kind === 'path') onPath(suggestion.value);
    caret.current = next.caret;
    write(next.text);
    close();
    element.focus();
  };

  return {
    listId,
    kind: suggestions.length === 0 ? null : (now?.kind ?? null),
    suggestions,
    total: all.length,
    at: Math.min(at.value, suggestions.length - 1),
    take,
    look: () => {
      const element = input.current;
      const isCaret = element !== null && element.selectionStart === element.selectionEnd;
      const next = isCaret ? completableAt(element.value, element.selectionEnd) : null;
      if (next?.typed !== completable.value?.typed || next?.kind !== completable.value?.kind) at.value = 0;
      completable.value = next;
    },
    close,
    takesKey: (event) => {
      const { length } = suggestions;
      if (length === 0 || event.ctrlKey || event.metaKey || event.altKey) return false;
      const chosen = suggestions[Math.min(at.value, length - 1)];
      if (event.key === 'ArrowDown') at.value = (at.value + 1) % length;
      else if (event.key === 'ArrowUp') at.value = (at.value - 1 + length) % length;
      else if (event.key === 'Escape') close();
      else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && chosen !== undefined) take(chosen);
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
};
