/** What is known of the way on from here: conflicts that are foreseen, the repository's checks, what it means to change. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { createSteadyRefresh } from '../../session/state/steady-refresh.ts';
import type { KnownBefore } from '../model/before-landing.ts';
import type { ReviewSource } from './review-source.ts';

export type BeforeLandingState = {
  /** Null while it is not known. */
  readonly known: ReadonlySignal<KnownBefore | null>;
  /** It may be another. */
  readonly refresh: () => void;
  readonly close: () => void;
};

/** Merges are tried in memory for it: not again at once. */
const restMs = 2_000;

export const createBeforeLanding = (
  source: Pick<ReviewSource, 'landing' | 'setup' | 'lastChecks'>,
): BeforeLandingState => {
  const known = signal<KnownBefore | null>(null);
  const looking = createSteadyRefresh({
    // One that cannot be said keeps nothing else from being said.
    load: (stop) => Promise.all([source.landing(stop).catch(() => null), source.setup(stop), source.lastChecks()]),
    onLoaded: ([landing, setup, commandIds]) => {
      const { checks = [], touches = [] } = setup.inUse ?? {};
      known.value = { landing, checks: checks.map(({ name }) => name), touches, commandIds };
    },
    onFailed: () => {},
    restMs,
  });
  return Object.freeze({ known, refresh: looking.ask, close: looking.close } satisfies BeforeLandingState);
};
