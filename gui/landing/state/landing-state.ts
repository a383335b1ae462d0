/** What the face of one session's landing knows, kept new while it is open. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { RepositorySetupAnswer } from '../../../actors/protocol/gateway/check-routes.ts';
import type { LandingPreview } from '../../../actors/protocol/gateway/landing-routes.ts';
import type { Landing, SessionWork } from '../../../actors/protocol/gateway/work.ts';
import type { Connection } from '../../connection/connection.ts';
import { createSteadyRefresh } from '../../session/state/steady-refresh.ts';
import { createWorkState } from '../../session/state/work-state.ts';
import { type CheckLine, checkLines } from '../model/check-lines.ts';
import type { LandingSource } from './landing-source.ts';
import { followOutput, type LiveOutput } from './live-output.ts';

export type LandingState = {
  readonly work: ReadonlySignal<SessionWork | null>;
  /** The newest landing; null: there is none yet. */
  readonly landing: ReadonlySignal<Landing | null>;
  readonly preview: ReadonlySignal<LandingPreview | null>;
  /** Why nothing can be said of what would land. */
  readonly failure: ReadonlySignal<unknown>;
  /** What the repository has run; null before it is known, and where it cannot be. */
  readonly setup: ReadonlySignal<RepositorySetupAnswer | null>;
  readonly lines: ReadonlySignal<readonly CheckLine[]>;
  /** The end of what each running command said, by its id. */
  readonly tails: ReadonlySignal<ReadonlyMap<string, string>>;
  /** Looks at everything again: a checkout may have changed without an event. */
  readonly refresh: () => void;
  readonly close: () => void;
};

const restMs = 1500;
/** Checkouts change without an event; while the face is open they are looked at again. */
const lookEveryMs = 10_000;

export const createLandingState = (connection: Connection, source: LandingSource, id: string): LandingState => {
  const { work, refresh: refreshWork, close: closeWork } = createWorkState(connection.call, id);
  const preview = signal<LandingPreview | null>(null);
  const failure = signal<unknown>(null);
  const setup = signal<RepositorySetupAnswer | null>(null);
  const output = signal<LiveOutput | null>(null);
  let isClosed = false;

  const looking = createSteadyRefresh({
    load: (stop) => Promise.all([source.preview(stop), source.setup(stop).catch(() => null)]),
    onLoaded: ([found, offered]) => {
      preview.value = found;
      failure.value = null;
      setup.value = offered;
    },
    onFailed: (error) => {
      failure.value = error;
    },
    restMs,
  });
  const refresh = (): void => {
    refreshWork();
    looking.ask();
  };
  /** Followed once, from where the first command that still runs began. */
  const follow = async ({ commands }: SessionWork): Promise<void> => {
    const begun = commands.filter(({ outcome }) => outcome === null).map(({ position }) => position - 1);
    const position = await source.position();
    if (isClosed || output.peek() !== null) return;
    output.value = followOutput(connection, id, { after: Math.min(position, ...begun), onWork: refreshWork });
  };
  const stopFollowing = effect(() => {
    const known = work.value;
    if (known !== null && output.peek() === null) void follow(known).catch(() => {});
  });
  const timer = setInterval(() => {
    if (!document.hidden) looking.ask();
  }, lookEveryMs);

  return Object.freeze({
    work,
    landing: computed(() => work.value?.landings.at(-1) ?? null),
    preview,
    failure,
    setup,
    lines: computed(() => {
      const checks = setup.value?.inUse?.checks ?? [];
      const offered = checks.map(({ name, command, retry }) => ({ name, command, tries: retry?.tries ?? null }));
      return checkLines(offered, work.value?.commands ?? []);
    }),
    tails: computed(() => output.value?.tails.value ?? new Map<string, string>()),
    refresh,
    close: () => {
      isClosed = true;
      clearInterval(timer);
      stopFollowing();
      looking.close();
      closeWork();
      output.peek()?.close();
    },
  } satisfies LandingState);
};
