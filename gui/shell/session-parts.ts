/**
 * The view of a session comes in a file of its own: the list is there before it, and does not wait for it. It is fetched
 * as soon as the list stands, so that a session opens at once, and is there when the runtime has gone.
 */
import { signal } from '@preact/signals';

type Parts = typeof import('../session/parts.ts');

export type SessionParts =
  | { readonly kind: 'wanting' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly parts: Parts }
  /** The runtime did not answer, or is of another version that has no such file. */
  | { readonly kind: 'failed' };

export const sessionParts = signal<SessionParts>({ kind: 'wanting' });

/** Fetches it, unless it is there or on its way; after a failure tries again. */
export const loadSessionParts = (): void => {
  const { kind } = sessionParts.peek();
  if (kind === 'loading' || kind === 'loaded') return;
  sessionParts.value = { kind: 'loading' };
  import('../session/parts.ts').then(
    (parts) => {
      sessionParts.value = { kind: 'loaded', parts };
    },
    () => {
      sessionParts.value = { kind: 'failed' };
    },
  );
};
