import type { ReadonlySignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Clock } from './clock.ts';

/** What components have around them in the window they stand in. */
export type Surroundings = {
  readonly clock: Clock;
  /** What is shown may be old then, and nothing can be asked of it. */
  readonly isRuntimeGone: ReadonlySignal<boolean>;
};

export const SurroundingsContext = createContext<Surroundings | null>(null);

/** What the component that asks has around it. */
export const useSurroundings = (): Surroundings => {
  const surroundings = useContext(SurroundingsContext);
  if (surroundings === null) throw new Error('a component stands outside of a window');
  return surroundings;
};
