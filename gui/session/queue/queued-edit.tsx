import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { maxPromptCharacters } from '../../../actors/protocol/gateway/prompt-limits.ts';
import { Button } from '../../components/button.tsx';
import { Keys } from '../../components/keys.tsx';

type QueuedEditProps = {
  readonly place: number;
  readonly text: string;
  readonly write: (text: string) => void;
  readonly keep: () => void;
  readonly cancel: () => void;
};

const maxHeightPixels = 96;

/** A prompt that waits, while it is written anew. */
export const QueuedEdit = ({ place, text, write, keep, cancel }: QueuedEditProps) => {
  const input = useRef<HTMLTextAreaElement>(null);
  const noteId = useId();
  const problem =
    text.trim() === ''
      ? 'A prompt cannot be empty. It can be withdrawn.'
      : text.length > maxPromptCharacters
        ? tooLong(text.length)
        : null;

  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(text.length, text.length);
  }, []);
  useLayoutEffect(() => {
    const element = input.current;
    if (element === null) return;
    element.style.setProperty('height', 'auto');
    element.style.setProperty('height', `${Math.min(element.scrollHeight + 2, maxHeightPixels)}px`);
  }, [text]);

  return (
    <div class="queued-edit">
      <textarea
        ref={input}
        rows={1}
        class="input queued-input"
        aria-label={`Queued prompt ${place}`}
        aria-invalid={problem !== null}
        aria-describedby={noteId}
        value={text}
        onInput={({ currentTarget }) => write(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === 'Escape') cancel();
          else if (event.key !== 'Enter' || event.shiftKey) return;
          else if (problem === null) keep();
          event.preventDefault();
        }}
      />
      <Button look="primary" class="queued-button" tellsRuntime disabled={problem !== null} onClick={keep}>
        Keep <Keys of="Enter" />
      </Button>
      <Button look="bare" class="queued-button" onClick={cancel}>
        Cancel <Keys of="Esc" />
      </Button>
      <p id={noteId} class="queued-problem" aria-live="polite" hidden={problem === null}>
        {problem}
      </p>
    </div>
  );
};

/** That a prompt is longer than the runtime takes. */
export const tooLong = (characters: number): string =>
  `It is too long: ${characters.toLocaleString('en')} characters, of which a prompt can have ${maxPromptCharacters.toLocaleString('en')}.`;
