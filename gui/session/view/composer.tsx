import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { maxPromptCharacters } from '../../../actors/protocol/gateway/prompt-limits.ts';
import type { PromptPart } from '../../../actors/protocol/gateway/prompt-part.ts';
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
import { tooLong } from '../queue/queued-edit.tsx';
import { QueuedPrompts } from '../queue/queued-prompts.tsx';
import { useQueue } from '../queue/use-queue.ts';
import { useSession } from '../state/session-context.ts';
import { CompletionList } from './completion-list.tsx';
import { useCompletion } from './use-completion.ts';

const maxHeightPixels = 280;

/**
 * Where the next prompt is written, which waits in the queue above while a run is under way, and where that run is
 * stopped.
 */
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
  const { queue, call: queueCall } = useQueue();
  const wantedQueued = useSignal<string | null>(null);

  const isRunning = live.value !== null;
  const isTooLong = text.value.trim().length > maxPromptCharacters;
  const waiting = queue.prompts.value;
  // Between two runs the next of the queue may begin at any moment: what is sent then waits behind it.
  const waits = waiting.length > 0 && queue.holds.value === null;
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

  /** Gives whether it waits: a run that has ended meanwhile does not keep it. */
  const give = async (body: { readonly prompt: string; readonly parts?: PromptPart[] }): Promise<boolean> => {
    if (isRunning || waits) return (await queueCall('queuePrompt', { parameters: { id }, body })).queued;
    await call(needsResume ? 'resume' : 'prompt', { parameters: { id }, body });
    return false;
  };

  const send = async (): Promise<void> => {
    const prompt = text.value.trim();
    if (prompt === '' || isTooLong || busy.value !== null || isStale.value) return;
    busy.value = 'send';
    completion.close();
    const files = spokenPaths(prompt, taken.current).map((path) => ({ type: 'file' as const, path }));
    const parts = [...imageParts(attached.images.value), ...files];
    try {
      const body = parts.length === 0 ? { prompt } : { prompt, parts };
      const isQueued = await give(body);
      write('');
      attached.clear();
      taken.current.clear();
      if (isQueued) queue.refresh();
      else await state.goToEnd();
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
      <QueuedPrompts
        queue={queue}
        wanted={wantedQueued}
        leave={() => input.current?.focus()}
        giveBack={(written) => write(text.value.trim() === '' ? written : `${text.value}\n\n${written}`)}
      />
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
            const last = waiting.at(-1);
            if (event.key === 'ArrowUp' && !hasModifier(event) && text.value === '' && last !== undefined) {
              event.preventDefault();
              wantedQueued.value = last.queueId;
              return;
            }
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            void send();
          }}
        />
        {isRunning ? (
          <>
            <Button
              icon="stop"
              busy={busy.value === 'interrupt'}
              tellsRuntime
              class="composer-button"
              onClick={() => void interrupt()}
            >
              Interrupt
            </Button>
            <Button
              look="primary"
              icon="queue"
              type="submit"
              class="composer-button"
              busy={busy.value === 'send'}
              tellsRuntime
              disabled={text.value.trim() === '' || isTooLong}
            >
              Queue
            </Button>
          </>
        ) : (
          <Button
            look="primary"
            icon="send"
            type="submit"
            class="composer-button"
            label={needsResume ? 'Resume with this prompt' : 'Send'}
            busy={busy.value === 'send'}
            tellsRuntime
            disabled={text.value.trim() === '' || isTooLong}
          />
        )}
      </div>
      <p class="composer-hint" id={hintId}>
        {isTooLong ? (
          <span class="composer-problem">{tooLong(text.value.trim().length)}</span>
        ) : isStale.value ? (
          'The runtime is gone: what you write is kept, and can be sent when it is back.'
        ) : (
          <>
            <Keys of="Enter" /> {isRunning ? 'queues' : 'sends'}, {waiting.length > 0 ? queueKeys : promptKeys}
          </>
        )}
      </p>
    </form>
  );
};

const promptKeys = (
  <>
    <Keys of="Shift+Enter" /> begins a line, <Keys of="/" /> completes commands, <Keys of="@" /> files
  </>
);

const queueKeys = (
  <>
    <Keys of="Up" /> goes to what waits: <Keys of="Alt+Up" /> <Keys of="Alt+Down" /> move, <Keys of="E" /> edits,{' '}
    <Keys of="Del" /> withdraws
  </>
);

const hasModifier = ({ altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean =>
  altKey || ctrlKey || metaKey || shiftKey;

const isText = (value: unknown): value is string => typeof value === 'string';

const isInFlight = (status: string): boolean => status === 'Starting' || status === 'Running';
