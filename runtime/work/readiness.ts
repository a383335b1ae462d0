/**
 * A worktree in its life: made ready before an agent works there, and what its repository wants to be run before it goes.
 * Only what a person has agreed to runs; one that was there before its session is as its person wants it.
 */
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact } from '../../actors/protocol/facts/events.ts';
import { type SessionId, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import { findProgram } from '../agents/find-program.ts';
import type { Log } from '../data/log.ts';
import type { SetupStep } from '../setup/setup-schema.ts';
import type { Readers } from '../threads/readers.ts';
import { type Commands, commandFailed, endWords } from './commands/commands.ts';
import { portOf } from './preparation/port-range.ts';
import { prepareWorktree } from './preparation/prepare-worktree.ts';
import type { SessionPlaces } from './session-place.ts';
import type { SetupOf } from './setup-of.ts';

export type Readiness = {
  /** Makes a worktree ready that nobody has worked in yet, as far as nothing has to run for that. */
  readonly prepare: (id: SessionId) => Promise<void>;
  /** It was made anew: it is to be made ready once more. */
  readonly madeAnew: (id: SessionId) => void;
  /** Runs what of its setup has not passed there yet. Raises `check.failed`, also when it was cancelled. */
  readonly setUp: (id: SessionId, signal: AbortSignal) => Promise<void>;
  /** Runs what its repository wants to be run before it goes; what fails of that only stands in the log. */
  readonly tearDown: (id: SessionId) => Promise<void>;
};

const largeFilesTimeoutMs = 10 * 60_000;
const pullLargeFiles: SetupStep = { command: 'git lfs pull', timeoutMs: largeFilesTimeoutMs };

/** Short enough that why it failed has room beside it. */
const excerpt = (command: string): string => (command.length > 50 ? `${command.slice(0, 49)}…` : command);

const hasOwnWorktree = ({ state, takesWorktree }: SessionHandle): boolean =>
  state.usesWorktree && state.worktreePath !== null && takesWorktree === null;

export const createReadiness = (options: {
  readonly dataDirectoryId: string;
  readonly readers: Pick<Readers, 'handle' | 'work'>;
  readonly setupOf: SetupOf;
  readonly places: SessionPlaces;
  readonly commands: Commands;
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  readonly log: Log;
}): Readiness => {
  const { readers, setupOf, places, commands } = options;
  /** Those of which this runtime knows it, so that it is looked up once. */
  const prepared = new Set<SessionId>();

  const prepareOnce = async (id: SessionId): Promise<void> => {
    const session = await readers.handle(id);
    const { usesWorktree, worktreePath: path } = session.state;
    if (!usesWorktree || path === null || (await readers.work(id)).prepared !== null) return;
    const place = await setupOf.placeOf(session.state);
    const { inUse } = await setupOf.inFolder(place);
    const { repository } = place;
    const copy = inUse?.setup.copy ?? [];
    const isNew = hasOwnWorktree(session) && repository !== null;
    const made = isNew ? await prepareWorktree({ repository, path, copy }) : { copied: [], notes: [], largeFiles: 0 };
    const { copied, notes, largeFiles } = made;
    const isPulled = inUse !== null && findProgram('git-lfs', process.env) !== null;
    if (largeFiles > 0 && !isPulled) {
      notes.push(
        largeFiles === 1
          ? '1 file is a pointer of Git LFS: git lfs pull brings its content'
          : `${largeFiles} files are pointers of Git LFS: git lfs pull brings their content`,
      );
    }
    const port = portOf(options.dataDirectoryId, session.key);
    const more = largeFiles === 0 ? {} : { largeFiles };
    await options.record(id, fact('worktree_prepared', { port, copied, notes, ...more }, toTimestamp(Date.now())));
  };

  /** Runs a step in the worktree; null for one that was cancelled before its turn. */
  const runStep = (
    kind: 'setup' | 'teardown',
    name: string,
    session: SessionHandle,
    folder: string,
    { command, timeoutMs }: SetupStep,
    signal?: AbortSignal,
  ) => {
    const commandId = commands.announce(session.id);
    const cancel = (): void => void commands.cancel(session.id, commandId);
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) cancel();
    const how = { kind, name, command, timeoutMs, why: 'worktree' as const, attempt: 1 };
    return commands
      .run(session.id, { ...how, tree: null, folder, environment: places.environmentOf(session) }, commandId)
      .finally(() => signal?.removeEventListener('abort', cancel));
  };

  return {
    prepare: async (id) => {
      if (prepared.has(id)) return;
      await prepareOnce(id);
      prepared.add(id);
    },

    madeAnew: (id) => void prepared.delete(id),

    setUp: async (id, signal) => {
      const session = await readers.handle(id);
      if (!hasOwnWorktree(session)) return;
      const place = await setupOf.placeOf(session.state);
      const { inUse } = await setupOf.inFolder(place);
      if (inUse === null) return;
      const work = await readers.work(id);
      const hasPointers = (work.prepared?.largeFiles ?? 0) > 0 && findProgram('git-lfs', process.env) !== null;
      const passed = new Set(
        work.commands.flatMap(({ kind, outcome, command }) =>
          kind === 'setup' && outcome === 'passed' ? command : [],
        ),
      );
      const steps = [...(hasPointers ? [pullLargeFiles] : []), ...inUse.setup.setup];
      for (const [index, step] of steps.entries()) {
        if (passed.has(step.command)) continue;
        const ended = await runStep('setup', String(index + 1), session, place.folder, step, signal);
        if (ended === null) throw new ThroughlineError('check.failed', 'the setup of the worktree was cancelled');
        if (ended.outcome !== 'passed')
          throw commandFailed(`the setup ${JSON.stringify(excerpt(step.command))}`, ended);
      }
    },

    tearDown: async (id) => {
      prepared.delete(id);
      try {
        const { session, place } = await places.placed(id);
        if (!hasOwnWorktree(session)) return;
        const { inUse } = await setupOf.inFolder(place);
        for (const [index, step] of (inUse?.setup.teardown ?? []).entries()) {
          const ended = await runStep('teardown', String(index + 1), session, place.folder, step);
          if (ended === null || ended.outcome === 'passed') continue;
          options.log.warn('a teardown did not pass', { session: id, command: step.command, how: endWords(ended) });
        }
      } catch (thrown) {
        options.log.warn('a teardown could not be run', { session: id, error: asThroughlineError(thrown) });
      }
    },
  };
};
