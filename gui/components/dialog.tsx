import type { ComponentChildren, CSSProperties } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from './button.tsx';
import { classes } from './classes.ts';

export type DialogProps = {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly size?: 'small' | 'medium' | 'large';
  /** The title is there for screen readers only. */
  readonly bare?: boolean;
  readonly class?: string;
  /** What in the window it is about: it stands below or above that, in place of the middle. */
  readonly at?: DOMRect | null;
};

/** A modal dialog: the browser keeps the focus inside and gives it back. Escape and a click beside it close. */
export const Dialog = ({ title, onClose, children, size = 'medium', bare, class: extra, at = null }: DialogProps) => {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the next key: what is typed right after a dialog was asked for belongs to it.
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    // What comes first is the button that closes; unless something asks for the focus, the dialog itself has it.
    if (dialog?.querySelector('[autofocus]') === null) dialog.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes, by onCancel
    <dialog
      ref={element}
      tabIndex={-1}
      class={classes('dialog', `dialog-${size}`, extra)}
      aria-labelledby={titleId}
      style={at === null ? undefined : placeAt(at)}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog-body">
        <header class={bare ? 'visually-hidden' : 'dialog-head'}>
          <h2 id={titleId}>{title}</h2>
          {!bare && <Button look="bare" icon="close" label="Close" onClick={onClose} />}
        </header>
        {children}
      </div>
    </dialog>
  );
};

const edgePixels = 8;
const gapPixels = 4;

/** Below it where that is in the upper half of the window, else above it. */
const placeAt = ({ left, top, bottom }: DOMRect): CSSProperties => ({
  margin: '0',
  left: `${Math.max(edgePixels, left)}px`,
  ...(bottom < innerHeight / 2
    ? {
        top: `${bottom + gapPixels}px`,
        bottom: 'auto',
        maxHeight: `${innerHeight - bottom - gapPixels - edgePixels}px`,
      }
    : { top: 'auto', bottom: `${innerHeight - top + gapPixels}px`, maxHeight: `${top - gapPixels - edgePixels}px` }),
});
