/**
 * A part of the window that comes in a file of its own: the list is there before it, and does not wait for it. Who
 * composes the window says how it is fetched.
 */
import { type ReadonlySignal, signal } from '@preact/signals';

export type LatePartState<Part> =
  | { readonly kind: 'wanting' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly part: Part }
  /** The runtime did not answer, or is of another version that has no such file. */
  | { readonly kind: 'failed' };

export type LatePart<Part> = {
  readonly state: ReadonlySignal<LatePartState<Part>>;
  /** Fetches it, unless it is there or on its way; after a failure tries again. */
  readonly load: () => void;
};

export const createLatePart = <Part>(fetchPart: () => Promise<Part>): LatePart<Part> => {
  const state = signal<LatePartState<Part>>({ kind: 'wanting' });
  return Object.freeze({
    state,
    load: () => {
      const { kind } = state.peek();
      if (kind === 'loading' || kind === 'loaded') return;
      state.value = { kind: 'loading' };
      fetchPart().then(
        (part) => {
          state.value = { kind: 'loaded', part };
        },
        () => {
          state.value = { kind: 'failed' };
        },
      );
    },
  } satisfies LatePart<Part>);
};
