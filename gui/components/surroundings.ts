import type { ReadonlySignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Clock } from './clock.ts';
import type { Menus } from './menu.tsx';
import type { Toasts } from './toast.tsx';

/** What components have around them in the window they stand in. */
export type Surroundings = {
  readonly clock: Clock;
  /** What is shown may be old then, and nothing can be asked of it. */
  readonly isRuntimeGone: ReadonlySignal<boolean>;
  readonly menus: Menus;
  readonly toasts: Toasts;
};

export const SurroundingsContext = createContext<Surroundings | null>(null);

export const useSurroundings = (): Surroundings => {
  const surroundings = useContext(SurroundingsContext);
  if (surroundings === null) throw new Error('a component stands outside of a window');
  return surroundings;
};
