import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { useSession } from '../state/session-context.ts';
import { visibleLine } from '../text/visible.ts';

const maxNameCharacters = 200;

/** The session's name; a click (or Enter on it) makes it a field. */
export const SessionName = () => {
  const { connection, toasts } = useWindow();
  const { id, row, state } = useSession();
  const draft = useSignal<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const name = row.value?.name ?? '';
  const isEditing = draft.value !== null;

  useEffect(() => {
    if (isEditing) field.current?.select();
  }, [isEditing]);

  const save = async (): Promise<void> => {
    const wanted = draft.value?.trim() ?? '';
    draft.value = null;
    if (wanted === '' || wanted === name) return;
    try {
      await connection.call('rename', { parameters: { id }, body: { name: wanted } });
      await state.refresh();
    } catch (error) {
      toasts.showError(error);
    }
  };

  if (draft.value !== null) {
    return (
      <form
        class="session-name-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <input
          ref={field}
          class="session-name-field"
          aria-label="Name of the session"
          maxLength={maxNameCharacters}
          value={draft.value}
          onInput={({ currentTarget }) => {
            draft.value = currentTarget.value;
          }}
          onBlur={() => void save()}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation();
            draft.value = null;
          }}
        />
      </form>
    );
  }
  return (
    <div class="session-name">
      <h1 class="one-line" title={visibleLine(name)}>
        {visibleLine(name)}
      </h1>
      <Button
        look="bare"
        icon="pencil"
        label="Rename"
        tellsRuntime
        class="session-rename"
        onClick={() => {
          draft.value = name;
        }}
      />
    </div>
  );
};
