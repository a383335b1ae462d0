import { Icon } from '../../components/icon.tsx';
import { useSession } from '../state/session-context.ts';
import { shortLine, visibleLine } from '../text/visible.ts';
import type { Completion } from './use-completion.ts';

/** What could be meant by what is being written, above it. The text field keeps the focus and names the active one. */
export const CompletionList = ({ completion }: { readonly completion: Completion }) => {
  const { row } = useSession();
  const { kind, suggestions, total, at, listId, take } = completion;
  const head =
    kind === 'path' ? 'Files of the worktree' : `Commands of ${visibleLine(row.value?.agent ?? 'the agent')}`;
  return (
    <div class="completion" hidden={kind === null}>
      <p class="completion-head">
        <span>{head}</span>
        <span class="numbers" role="status">
          {suggestions.length === total ? total : `${suggestions.length} of ${total}`}
        </span>
      </p>
      <div id={listId} role="listbox" aria-label={head}>
        {suggestions.map((suggestion, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the text field has the focus and names the active option
          <div
            key={suggestion.value}
            id={`${listId}-${index}`}
            class="completion-option"
            role="option"
            aria-selected={index === at}
            onPointerDown={(event) => {
              // The text field keeps the focus.
              event.preventDefault();
              take(suggestion);
            }}
          >
            {kind === 'path' && <Icon name="document" />}
            <span class="mono one-line">
              {kind === 'command' && '/'}
              {visibleLine(suggestion.value)}
            </span>
            {suggestion.words !== null && <span class="quiet one-line">{shortLine(suggestion.words, 200)}</span>}
            {suggestion.hint !== null && (
              <span class="completion-hint one-line">[{shortLine(suggestion.hint, 60)}]</span>
            )}
          </div>
        ))}
      </div>
    </div>
  );
};
