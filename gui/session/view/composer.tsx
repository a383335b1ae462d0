import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { Keys } from '../../components/keys.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { useSession } from '../state/session-context.ts';

const maxHeightPixels = 280;

/** Where the next prompt is written, and the run under way is stopped. */
export const Composer = () => {
  const { connection, store, toasts } = useWindow();
  const { call, memory } = connection;
  const { isStale } = store;
  const { id, row, live, state } = useSession();
  // Drafts outlive their view: whoever looks at another session, or opens another window, finds what was begun here.
  const text = useSignal(memory.recall(`draft.${id}`, isText) ?? '');
  const busy = useSignal<'send' | 'interrupt' | null>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const inputId = useId();
  const hintId = useId();

  const isRunning = live.value !== null;
  const needsResume = row.value?.restored === true && isInFlight(row.value.status);

  useLayoutEffect(() => {
    const element = input.current;
    if (element === null) return;
    element.style.setProperty('height', 'auto');
    element.style.setProperty('height', `${Math.min(element.scrollHeight, maxHeightPixels)}px`);
  }, [text.value]);

  const write = (value: string): void => {
    text.value = value;
    memory.remember(`draft.${id}`, value === '' ? null : value);
  };

  const send = async (): Promise<void> => {
    const prompt = text.value.trim();
    if (prompt === '' || busy.value !== null || isRunning || isStale.value) return;
    busy.value = 'send';
    try {
      await call(needsResume ? 'resume' : 'prompt', { parameters: { id }, body: { prompt } });
      write('');
      await state.goToEnd();
    } catch (error) {
      toasts.showError(error);
    } finally {
      busy.value = null;
      input.current?.focus();
    }
  };

  const interrupt = async (): Promise<void> => {
    busy.value = 'interrupt';
    try {
      await call('interrupt', { parameters: { id }, body: {} });
    } catch (error) {
      toasts.showError(error);
    } finally {
      busy.value = null;
    }
  };

  return (
    <form
      class="composer"
      aria-label="Prompt"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="visually-hidden" for={inputId}>
        Next prompt
      </label>
      <div class="composer-box">
        <textarea
          id={inputId}
          ref={input}
          rows={1}
          class="composer-input"
          placeholder={isRunning ? 'Write the next prompt while the agent works…' : 'What should happen next?'}
          aria-describedby={hintId}
          value={text.value}
          onInput={({ currentTarget }) => write(currentTarget.value)}
          onKeyDown={(event) => {
            // A composition (for example of Japanese) ends with Enter, too.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
        {isRunning ? (
          <Button
            icon="stop"
            busy={busy.value === 'interrupt'}
            tellsRuntime
            class="composer-button"
            onClick={() => void interrupt()}
          >
            Interrupt
          </Button>
        ) : (
          <Button
            look="primary"
            icon="send"
            type="submit"
            class="composer-button"
            label={needsResume ? 'Resume with this prompt' : 'Send'}
            busy={busy.value === 'send'}
            tellsRuntime
            disabled={text.value.trim() === ''}
          />
        )}
      </div>
      <p class="composer-hint" id={hintId}>
        {isStale.value ? (
          'The runtime is gone: what you write is kept, and can be sent when it is back.'
        ) : isRunning ? (
          'The agent is at work: your prompt can be sent when it has ended.'
        ) : (
          <>
            <Keys of="Enter" /> sends, <Keys of="Shift+Enter" /> begins a line
          </>
        )}
      </p>
    </form>
  );
};

const isText = (value: unknown): value is string => typeof value === 'string';

const isInFlight = (status: string): boolean => status === 'Starting' || status === 'Running';
