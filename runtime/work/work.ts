/**
 * What becomes of the sessions' work, put together: their snapshots, what is put back of them, setups and checks, the
 * review, landings, and where work goes and came from. The runtime tells it when runs begin and end, and it gives them
 * their prompts through the runtime.
 */
import { join } from 'node:path';
import type { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { LedgerFact } from '../../actors/protocol/facts/events.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import type { Configuration } from '../data/configuration.ts';
import { type DataDirectory, dataDirectoryIdOf } from '../data/data-directory.ts';
import type { Log } from '../data/log.ts';
import { rememberRepositories } from '../data/remembered-repositories.ts';
import type { Worktrees } from '../git/worktrees.ts';
import { createEndMarked, gitMarkOf } from '../processes/orphans.ts';
import type { MadePrompt } from '../prompts/made-prompt.ts';
import type { Readers } from '../threads/readers.ts';
import { createChecks } from './checks.ts';
import { checksOnTop } from './landing/check-on-top.ts';
import { createLandings } from './landing/landings.ts';
import type { StartedPrompt } from './offered/check-commands.ts';
import type { LandingQueries } from './offered/landing-commands.ts';
import { createBisects } from './origin/bisects.ts';
import { createOrigin } from './origin/origin.ts';
import { createWhoseLines } from './origin/whose-lines.ts';
import { createRestoring } from './restoring.ts';
import { createReview } from './review/create-review.ts';
import { startSnapshotRetention } from './snapshot-retention.ts';
import { createSnapshots } from './snapshots.ts';

export type WorkOptions = {
  readonly directory: DataDirectory;
  readonly configuration: Configuration;
  readonly environment: NodeJS.ProcessEnv;
  readonly readers: Readers;
  readonly worktrees: Worktrees;
  /** Appends to a session's ledger; resolves when it is durable. */
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  /** Carries out a command of a session that none other may overlap with. Raises `session.busy`. */
  readonly lifecycle: <Value>(id: SessionId, name: string, body: () => Promise<Value>) => Promise<Value>;
  readonly isLive: (id: SessionId) => boolean;
  /** Raises `session.busy` while a run is under way. */
  readonly refuseLive: (session: SessionHandle) => void;
  /** Gives a session its next prompt. */
  readonly prompt: (id: SessionId, text: string) => Promise<StartedPrompt>;
  /** As `prompt`, with one that is made when nothing else can come in between; null: none after all. */
  readonly promptMade: (
    id: SessionId,
    make: (session: SessionHandle) => Promise<MadePrompt | null>,
  ) => Promise<StartedPrompt | null>;
  /** Resolves when no process of an earlier runtime is at work any more. */
  readonly alone: () => Promise<void>;
  /** Resolves when `begin` has ended. */
  readonly begun: () => Promise<void>;
  /** Called when a run has ended and what it left is kept. */
  readonly onKept: (id: SessionId) => void;
  /** Called when comments of a session wait for its agent. */
  readonly onQueued: (id: SessionId) => void;
  /** Why the log cannot be written, if it cannot. */
  readonly readOnly: () => ThroughlineError | null;
  readonly log: Log;
};

export const createWork = (options: WorkOptions) => {
  const { directory, configuration, environment, readers, worktrees, record, lifecycle, log } = options;
  const dataDirectoryId = dataDirectoryIdOf(directory);
  const mark = gitMarkOf(dataDirectoryId);
  const remembered = rememberRepositories(directory, log);

  const snapshots = createSnapshots({
    readers,
    record,
    folder: directory.snapshots,
    limits: configuration.snapshots,
    mark,
    mayTake: options.alone,
    log,
  });
  const checks = createChecks({
    directory,
    configuration,
    readers,
    worktrees,
    record,
    prompt: options.promptMade,
    log,
  });
  const restoring = createRestoring({
    readers,
    record,
    snapshots,
    lifecycle,
    refuseLive: options.refuseLive,
    mayBegin: options.begun,
    remembered,
    days: configuration.discardedDays,
    worktreesFolder: directory.worktrees,
    onMadeAnew: checks.madeAnew,
    mark,
    log,
  });
  const review = createReview({
    readers,
    take: snapshots.take,
    record,
    prompt: async (id, compose) => {
      const started = await options.promptMade(id, async () => {
        const composed = await compose();
        return composed && { text: composed.text, of: { comments: [...composed.comments] } };
      });
      return started?.run ?? null;
    },
    editor: configuration.editor,
    environment,
    onQueued: options.onQueued,
  });
  const landings = createLandings({
    readers,
    record,
    directory,
    mark,
    take: snapshots.take,
    runChecks: checksOnTop(checks.runFor, restoring.putTree),
    putTree: restoring.putTree,
    mayBegin: options.begun,
    setupFor: checks.setupFor,
    passEnvironment: configuration.passEnvironment,
    isLive: options.isLive,
    refuseLive: options.refuseLive,
    lifecycle,
    prompt: options.prompt,
    log,
  });
  const bisects = createBisects({
    readers,
    record,
    folder: join(directory.root, 'bisect'),
    environment,
    passEnvironment: configuration.passEnvironment,
    markOf: (id) => `${dataDirectoryId}/bisect-${id}`,
    endMarked: createEndMarked(),
  });
  const origin = createOrigin({ readers, worktrees, record, prompt: options.prompt, environment });
  /** When somebody is about to want to know. */
  const refreshPullRequest = (id: SessionId): void => {
    if (options.readOnly() === null) origin.refreshInPassing(id);
  };
  const snapshotRetention = startSnapshotRetention({
    dashboard: readers.dashboard,
    snapshots,
    keepDays: configuration.snapshots.keepDays,
    readOnly: options.readOnly,
    log,
  });

  return {
    queries: {
      ...restoring.queries,
      checks: checks.offered.checks,
      repositorySetup: checks.offered.repositorySetup,
      landing: (...asked) => {
        refreshPullRequest(asked[0]);
        return landings.landing(...asked);
      },
      landings: landings.landings,
      blame: createWhoseLines(readers),
    } satisfies Pick<LandingQueries, 'landing'> & Readonly<Record<string, unknown>>,
    review: review.commands,
    commands: {
      ...restoring.commands,
      ...checks.offered,
      commitWork: landings.commitWork,
      land: landings.land,
      arrangeLanding: landings.arrangeLanding,
      withdrawLanding: landings.withdrawLanding,
      undoLanding: landings.undoLanding,
      bisect: bisects.bisect,
      cancelBisect: bisects.cancelBisect,
      ...origin.commands,
    },

    /** What of a session's worktree its agent needs: made ready, made anew, named in the environment. */
    prepare: checks.prepare,
    setUp: checks.setUp,
    variablesOf: checks.variablesOf,
    setupFor: checks.setupFor,
    recover: restoring.recover,
    holdForFork: restoring.holdForFork,

    /** A run is about to begin: what goes on by itself makes way for it. */
    runStarts: checks.runStarts,
    /** Its worktree is there, and nobody has changed anything in it. */
    runBegins: (id: SessionId, ordinal: number) => snapshots.takeInPassing(id, 'run_start', ordinal),
    /** A run has ended, and the log says how: what follows from that, one after the other. */
    runEnded: async (id: SessionId, ordinal: number): Promise<void> => {
      await snapshots.takeInPassing(id, 'run_end', ordinal);
      options.onKept(id);
      checks.runEnded(id, ordinal);
      refreshPullRequest(id);
    },
    /** Comments that wait for a run to end. */
    waits: review.waits,

    /** A session is being removed: ends what runs for it, and runs what its repository wants to be run before that. */
    leave: async (session: SessionHandle): Promise<void> => {
      const { id, state } = session;
      if (state.usesWorktree) remembered.remember(state.repository);
      await landings.leave(session);
      await bisects.close(id);
      await checks.tearDown(id);
    },
    /** It is removed, or was not after all. */
    left: checks.tornDown,
    /** Lets go of all that is kept for a session that is removed; what it gave up stays. Raises what git raises. */
    forget: async (session: Pick<SessionHandle, 'id' | 'state'>): Promise<void> => {
      await restoring.forget(session);
      await snapshots.forget(session);
    },

    /**
     * Says what was lost with an earlier runtime, finishes what it had begun, and goes on with what waited. Its processes
     * are gone by then. What fails of that keeps nobody from going on with the rest.
     */
    begin: async (): Promise<void> => {
      const steps = [checks.settleLost, bisects.settleLost, restoring.begin, landings.begin];
      for (const step of steps) {
        if (options.readOnly() !== null) return;
        await step().catch((error) => log.error('what was cut short could not be looked for', { error }));
      }
    },

    /** The end, in the order in which it is called: nothing is begun by itself any more; */
    rest: (): void => {
      snapshotRetention.stop();
      restoring.stop();
      origin.stop();
    },
    /** landings are left where they can be; */
    stopLandings: landings.stop,
    /** what runs of a repository's commands is ended; */
    stopCommands: async (): Promise<void> => {
      await Promise.all([bisects.close(), checks.stop()]);
    },
    /** and when no run can end any more, no snapshot is taken. */
    close: snapshots.close,
  };
};
