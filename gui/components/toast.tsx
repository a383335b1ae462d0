import { type ReadonlySignal, signal } from '@preact/signals';
import { ApiError } from '../connection/api.ts';
import { plainLine } from '../state/plain-text.ts';
import { sentence } from '../state/sentence.ts';
import { Button } from './button.tsx';
import { Keys } from './keys.tsx';

export type Toast = {
  readonly text: string;
  readonly tone?: 'plain' | 'bad';
  readonly hint?: string | null;
  /** What can be done about it; `undoes`: it takes back what is told, and Mod+Z does it, too. */
  readonly action?: { readonly label: string; readonly run: () => void; readonly undoes?: true };
};

type Shown = Toast & { readonly id: number };

const shortMs = 5_000;
const longMs = 12_000;
const mostAtOnce = 3;

/** What the window says in passing. */
export type Toasts = {
  readonly shown: ReadonlySignal<readonly Shown[]>;
  /** Says something in passing. What is bad, or can be acted on, stays longer. */
  readonly showToast: (toast: Toast) => void;
  /** Says what went wrong and what to do, for any error that was caught. */
  readonly showError: (error: unknown) => void;
  readonly dismiss: (id: number) => void;
  /** Takes back what was told last, if that can be; false when there is nothing. */
  readonly undo: () => boolean;
};

export const createToasts = (): Toasts => {
  const shown = signal<readonly Shown[]>([]);
  let lastId = 0;

  const dismiss = (id: number): void => {
    shown.value = shown.value.filter((toast) => toast.id !== id);
  };

  const showToast = (toast: Toast): void => {
    lastId += 1;
    const id = lastId;
    shown.value = [...shown.value.slice(1 - mostAtOnce), { ...toast, id }];
    setTimeout(() => dismiss(id), toast.tone === 'bad' || toast.action ? longMs : shortMs);
  };

  const showError = (error: unknown): void => {
    const text = sentence(error instanceof Error ? error.message : String(error));
    showToast({ text, tone: 'bad', hint: error instanceof ApiError && error.hint ? sentence(error.hint) : null });
  };

  const undo = (): boolean => {
    const last = shown.value.findLast(({ action }) => action?.undoes);
    if (last === undefined) return false;
    dismiss(last.id);
    last.action?.run();
    return true;
  };

  return Object.freeze({ shown, showToast, showError, dismiss, undo } satisfies Toasts);
};

/** Where toasts appear; once, at the root. */
export const ToastHost = ({ toasts }: { readonly toasts: Toasts }) => {
  const { shown, dismiss } = toasts;
  return (
    <section class="toasts" aria-label="Messages" aria-live="polite">
      {shown.value.map((toast) => (
        <div key={toast.id} class={`toast toast-${toast.tone ?? 'plain'}`}>
          <div class="toast-text">
            <p>{toast.text}</p>
            {toast.hint && <p class="quiet">{plainLine(toast.hint)}</p>}
          </div>
          {toast.action && (
            <Button
              look="bare"
              onClick={() => {
                toast.action?.run();
                dismiss(toast.id);
              }}
            >
              {toast.action.label} {toast.action.undoes && <Keys of="Mod+Z" />}
            </Button>
          )}
          <Button look="bare" icon="close" label="Dismiss" onClick={() => dismiss(toast.id)} />
        </div>
      ))}
    </section>
  );
};
