import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import {
  AttachButton,
  AttachedImageList,
  filesIn,
  imageParts,
  useAttachedImages,
} from '../../components/attached-images.tsx';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Keys } from '../../components/keys.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { spokenPaths } from '../model/completion.ts';
import { useSession } from '../state/session-context.ts';
import { CompletionList } from './completion-list.tsx';
import { useCompletion } from './use-completion.ts';

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

  const attached = useAttachedImages((why) => toasts.showToast({ text: why, tone: 'bad' }));
  const taken = useRef(new Set<string>());
  const isDroppedOn = useSignal(false);

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

  const completion = useCompletion({ input, write, onPath: (path) => taken.current.add(path) });

  const send = async (): Promise<void> => {
    const prompt = text.value.trim();
    if (prompt === '' || busy.value !== null || isRunning || isStale.value) return;
    busy.value = 'send';
    completion.close();
    const files = spokenPaths(prompt, taken.current).map((path) => ({ type: 'file' as const, path }));
    const parts = [...imageParts(attached.images.value), ...files];
    try {
      const body = parts.length === 0 ? { prompt } : { prompt, parts };
      await call(needsResume ? 'resume' : 'prompt', { parameters: { id }, body });
      write('');
      attached.clear();
      taken.current.clear();
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
      {/* biome-ignore lint/a11y/noStaticElementInteractions: files are dropped on it; with the keyboard there is a button */}
      <div
        class={classes('composer-box', isDroppedOn.value && 'is-dropped-on')}
        onDragOver={(event) => {
          if (!event.dataTransfer?.types.includes('Files')) return;
          event.preventDefault();
          isDroppedOn.value = true;
        }}
        onDragLeave={() => {
          isDroppedOn.value = false;
        }}
        onDrop={(event) => {
          isDroppedOn.value = false;
          const files = filesIn(event.dataTransfer);
          if (files.length === 0) return;
          event.preventDefault();
          void attached.attach(files);
        }}
      >
        <CompletionList completion={completion} />
        <AttachedImageList attached={attached} />
        <AttachButton attached={attached} class="composer-button" />
        <textarea
          id={inputId}
          ref={input}
          rows={1}
          class="composer-input"
          placeholder={isRunning ? 'Write the next prompt while the agent works…' : 'What should happen next?'}
          aria-describedby={hintId}
          // A field of several lines is no combobox; it may name the list it completes by, and the option that is active.
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={completion.kind === null ? undefined : completion.listId}
          aria-activedescendant={completion.kind === null ? undefined : `${completion.listId}-${completion.at}`}
          value={text.value}
          onInput={({ currentTarget }) => {
            write(currentTarget.value);
            completion.look();
          }}
          onSelect={completion.look}
          onBlur={completion.close}
          onPaste={(event) => {
            const files = filesIn(event.clipboardData);
            if (files.length === 0) return;
            event.preventDefault();
            void attached.attach(files);
          }}
          onKeyDown={(event) => {
            if (completion.takesKey(event)) return;
            if (event.key !== 'Enter' || event.shiftKey) return;
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
            <Keys of="Enter" /> sends, <Keys of="Shift+Enter" /> begins a line, <Keys of="/" /> completes commands,{' '}
            <Keys of="@" /> files
          </>
        )}
      </p>
    </form>
  );
};

const isText = (value: unknown): value is string => typeof value === 'string';

const isInFlight = (status: string): boolean => status === 'Starting' || status === 'Running';
