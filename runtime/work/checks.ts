/**
 * The commands of a repository in the life of its sessions: what makes a worktree ready, checks when they are asked for,
 * after a run and before landing, and what runs before the worktree goes. Only what a person has agreed to runs.
 */
import { stat } from 'node:fs/promises';
import { asThroughlineError, ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { fact, type LedgerFact } from '../../actors/protocol/facts/events.ts';
import { type CommandId, type Ordinal, type SessionId, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import type { RunStatus } from '../../actors/protocol/facts/status.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import { agentEnvironment } from '../agents/agent-environment.ts';
import { findProgram } from '../agents/find-program.ts';
import { nearest } from '../agents/nearest.ts';
import type { Configuration } from '../data/configuration.ts';
import { type DataDirectory, dataDirectoryIdOf } from '../data/data-directory.ts';
import type { Log } from '../data/log.ts';
import type { Worktrees } from '../git/worktrees.ts';
import { createEndMarked } from '../processes/orphans.ts';
import { brokenSetup, createRepositorySetups, type RepositorySetup } from '../setup/repository-setup.ts';
import type { CheckTime, SetupCheck, SetupStep } from '../setup/setup-schema.ts';
import type { Readers } from '../threads/readers.ts';
import { createOneAtATime } from '../turns/one-at-a-time.ts';
import type { CheckCommands, CheckQueries, FailedCheck, RunChecksFor } from './check-commands.ts';
import { commandFailed, createCommands, endWords, type RanCommand } from './commands/commands.ts';
import { failedCheckPrompt } from './commands/failed-check-prompt.ts';
import { portOf } from './preparation/port-range.ts';
import { prepareWorktree } from './preparation/prepare-worktree.ts';
import { sessionVariables } from './session-variables.ts';
import { createSetupOf, type SetupPlace } from './setup-of.ts';

/** A prompt that brings checks to the agent: its text, and which they are. */
export type PromptOfChecks = {
  readonly text: string;
  readonly checks: readonly CommandId[];
  readonly byItself: boolean;
};

export type ChecksOptions = {
  readonly directory: DataDirectory;
  readonly configuration: Configuration;
  readonly readers: Pick<Readers, 'handle' | 'work' | 'dashboard'>;
  readonly worktrees: Pick<Worktrees, 'check'>;
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  /** Gives the session its next prompt, which is made when nothing else can come in between; null: none after all. */
  readonly prompt: (
    id: SessionId,
    make: (session: SessionHandle) => Promise<PromptOfChecks | null>,
  ) => Promise<unknown>;
  readonly log: Log;
};

export type Checks = CheckCommands &
  CheckQueries & {
    /** The text of the next prompt for a check that failed. Raises `check.not_found`. */
    readonly promptOf: (id: SessionId, commandIds: readonly CommandId[]) => Promise<string>;
    /** What a session's agent and its commands find in their environment. */
    readonly variablesOf: (session: SessionHandle) => Readonly<Record<string, string>>;
    /** Makes a worktree ready that nobody has worked in yet, as far as nothing has to run for that. */
    readonly prepare: (id: SessionId) => Promise<void>;
    /** Runs what is left of its setup. Raises `check.failed`, also when it was cancelled. */
    readonly setUp: (id: SessionId, signal: AbortSignal) => Promise<void>;
    readonly runStarts: (id: SessionId) => void;
    /** Runs the checks that follow each run that has done its work. */
    readonly runEnded: (id: SessionId, ordinal: Ordinal, status: RunStatus) => Promise<void>;
    readonly runFor: RunChecksFor;
    /** Ends what runs for a session that is being removed, and runs what its repository wants to be run before that. */
    readonly tearDown: (id: SessionId) => Promise<void>;
    /** It was not removed after all. */
    readonly goOn: (id: SessionId) => void;
    /** Says of commands that a dead runtime had begun that they are lost. Its processes are gone by then. */
    readonly settleLost: () => Promise<void>;
    /** Ends whatever runs. */
    readonly stop: () => Promise<void>;
  };

const maxOutputBytes = 128 * 1024;
const largeFilesTimeoutMs = 10 * 60_000;

type Named = SetupCheck & { readonly name: string };
type Announced = Named & { readonly commandId: CommandId };
type CheckRun = Announced & { readonly ended: RanCommand };

const now = () => toTimestamp(Date.now());

export const createChecks = (options: ChecksOptions): Checks => {
  const { directory, configuration, readers, record, log } = options;
  const dataDirectoryId = dataDirectoryIdOf(directory);
  const setups = createRepositorySetups(directory);
  const setupOf = createSetupOf(setups);
  const inTurn = createOneAtATime();
  const commands = createCommands({
    record,
    markOf: (command) => `${dataDirectoryId}/command-${command}`,
    endMarked: createEndMarked(),
    maxOutputBytes: Math.min(configuration.maxStoredTextBytes, maxOutputBytes),
    log,
  });
  /** Failures that go to the agent by themselves after a pause. */
  const sending = new Map<SessionId, NodeJS.Timeout>();
  /** Those that follow a run, while they run. */
  const following = new Map<SessionId, readonly Announced[]>();
  let isStopping = false;

  const variablesOf: Checks['variablesOf'] = ({ id, key, state }) =>
    sessionVariables({ id, name: state.name, port: portOf(dataDirectoryId, key) });

  const environmentOf = (session: SessionHandle): Record<string, string> => ({
    ...agentEnvironment(process.env, configuration.passEnvironment),
    ...variablesOf(session),
  });

  /** The session with the folder its commands run in. Raises `worktree.…` where that is not there, or not what it was. */
  const placed = async (id: SessionId): Promise<{ readonly session: SessionHandle; readonly place: SetupPlace }> => {
    const session = await readers.handle(id);
    const { state } = session;
    const place = await setupOf.placeOf(state);
    if (state.usesWorktree) {
      const { worktreePath: path } = state;
      if (path === null || !(await stat(path).catch(() => null))?.isDirectory() || place.repository === null) {
        throw new ThroughlineError('worktree.missing', 'the session has no worktree to run anything in', {
          hint: 'resume the session first',
        });
      }
      // The agent may have put a symlink in its place.
      await options.worktrees.check({ repository: place.repository, path });
    }
    return { session, place };
  };

  /** The checks of these names. Raises `check.not_agreed`, `check.not_found` and `configuration.invalid`. */
  const checksNamed = (found: RepositorySetup, names: readonly string[] | null): readonly Named[] => {
    if (found.standing === 'broken') throw brokenSetup(found.errors);
    const all = found.inUse?.setup.checks ?? found.offered?.checks ?? {};
    if (Object.keys(all).length === 0) {
      throw new ThroughlineError('check.not_found', 'the repository has no checks', {
        hint: 'name them in .throughline/config.json, under checks',
      });
    }
    const chosen = (names ?? Object.keys(all)).map((name) => {
      const check = Object.hasOwn(all, name) ? all[name] : undefined;
      if (check !== undefined) return { ...check, name };
      const near = nearest(name, Object.keys(all));
      throw new ThroughlineError('check.not_found', `there is no check ${JSON.stringify(name.slice(0, 64))}`, {
        hint: near === null ? `there are ${Object.keys(all).join(', ')}` : `did you mean ${near}?`,
      });
    });
    if (found.inUse === null) {
      throw new ThroughlineError(
        'check.not_agreed',
        "nobody has agreed to the repository's setup yet: nothing of it runs",
        {
          hint: 'look at it and agree: throughline setup --agree',
        },
      );
    }
    return chosen;
  };

  const announced = (id: SessionId, checks: readonly Named[]): readonly Announced[] =>
    checks.map((check) => ({ ...check, commandId: commands.announce(id) }));

  /** Runs checks one after the other, when those that were asked for before have ended. */
  const runAll = (
    session: SessionHandle,
    checks: readonly Announced[],
    how: Pick<Parameters<typeof commands.run>[1], 'why' | 'attempt' | 'tree' | 'folder'>,
  ): Promise<readonly CheckRun[]> =>
    inTurn(session.id, async () => {
      const ran: CheckRun[] = [];
      try {
        for (const check of checks) {
          const { name, command, timeoutMs, commandId } = check;
          const environment = environmentOf(session);
          const asked = { kind: 'check' as const, name, command, timeoutMs, environment, ...how };
          const ended = await commands.run(session.id, asked, commandId);
          if (ended !== null) ran.push({ ...check, ended });
        }
      } finally {
        // One that could not be recorded takes those after it along.
        for (const { commandId } of checks) commands.forget(commandId);
      }
      return ran;
    });

  const hasFailed = ({ ended }: CheckRun): boolean => ended.outcome === 'failed' || ended.outcome === 'timed_out';

  const promptOf: Checks['promptOf'] = async (id, commandIds) => {
    const { commands: known } = await readers.work(id);
    const failed = commandIds.map((commandId) => {
      const found = known.find((each) => each.commandId === commandId);
      if (found?.outcome === 'failed' || found?.outcome === 'timed_out') return found;
      throw new ThroughlineError('check.not_found', 'there is no such check that failed', {
        hint: 'only the end of a check that failed goes to the agent',
      });
    });
    return failedCheckPrompt(
      failed.map(({ name, command, outcome, exitCode, signal, output }) => ({
        name,
        command,
        how: endWords({ outcome: outcome === 'timed_out' ? 'timed_out' : 'failed', exitCode, signal }),
        output: output?.text ?? '',
      })),
    );
  };

  const checksAt = (found: RepositorySetup, time: CheckTime): readonly Named[] => {
    const { checks = {}, landing } = found.inUse?.setup ?? {};
    return Object.entries(checks).flatMap(([name, check]) => {
      const isMeant =
        time === 'landing' && landing?.checks !== undefined
          ? landing.checks.includes(name)
          : check.when.some((each) => each === time);
      return isMeant ? [{ ...check, name }] : [];
    });
  };

  /** How many times in a row checks have gone to the agent by themselves, up to this run. */
  const sentBefore = async (id: SessionId, ordinal: Ordinal): Promise<number> => {
    const { commands: known } = await readers.work(id);
    const before = known.filter(({ sentWith, sentByItself }) => sentWith === ordinal && sentByItself);
    return Math.max(0, ...before.map(({ attempt }) => attempt));
  };

  const sendLater = (id: SessionId, ordinal: Ordinal, failed: readonly CheckRun[], attempt: number): void => {
    const told = failed.filter(({ retry }) => retry !== null && attempt <= retry.tries);
    if (told.length === 0 || isStopping) return;
    const pauseMs = Math.max(...told.map(({ retry }) => retry?.pauseMs ?? 0));
    const checks = told.map(({ commandId }) => commandId);
    const send = async (): Promise<void> => {
      sending.delete(id);
      await options.prompt(id, async ({ state }) => {
        // Somebody else went on with it meanwhile.
        if (state.runCount !== ordinal) return null;
        return { text: await promptOf(id, checks), checks, byItself: true };
      });
    };
    const timer = setTimeout(() => {
      send().catch((error) => log.warn('a failed check was not sent to its agent', { session: id, error }));
    }, pauseMs);
    timer.unref();
    sending.set(id, timer);
  };

  const forgetSending = (id: SessionId): void => {
    clearTimeout(sending.get(id));
    sending.delete(id);
  };

  const runEnded: Checks['runEnded'] = async (id, ordinal, status) => {
    if (status !== 'completed' || isStopping) return;
    const { session, place } = await placed(id);
    const checks = checksAt(await setupOf.inFolder(place), 'after_run');
    if (checks.length === 0) return;
    const attempt = (await sentBefore(id, ordinal)) + 1;
    const its = announced(id, checks);
    following.set(id, its);
    const how = { why: 'after_run' as const, attempt, tree: null, folder: place.folder };
    const ran = await runAll(session, its, how).finally(() => {
      if (following.get(id) === its) following.delete(id);
    });
    sendLater(id, ordinal, ran.filter(hasFailed), attempt);
  };

  const settleLostOf = async (id: SessionId): Promise<void> => {
    const { commands: known } = await readers.work(id);
    const live = new Set(commands.of(id));
    for (const { commandId, kind, name, outcome } of known) {
      if (outcome !== null || live.has(commandId)) continue;
      const end = { outcome: 'lost' as const, exitCode: null, signal: null, output: { text: '' } };
      await record(id, fact('command_ended', { commandId, kind, name, ...end }, now()));
    }
  };

  const setUp: Checks['setUp'] = async (id, signal) => {
    const session = await readers.handle(id);
    if (!session.state.usesWorktree || session.takesWorktree !== null || session.state.worktreePath === null) return;
    const place = await setupOf.placeOf(session.state);
    const { inUse } = await setupOf.inFolder(place);
    if (inUse === null) return;
    const { commands: known, prepared } = await readers.work(id);
    const hasLargeFiles = Number(prepared?.largeFiles ?? 0) > 0 && findProgram('git-lfs', process.env) !== null;
    const largeFiles: SetupStep = { command: 'git lfs pull', timeoutMs: largeFilesTimeoutMs };
    const passed = new Set(
      known.filter((each) => each.kind === 'setup' && each.outcome === 'passed').map(({ command }) => command),
    );
    for (const { command, timeoutMs } of [...(hasLargeFiles ? [largeFiles] : []), ...inUse.setup.setup]) {
      if (passed.has(command)) continue;
      const commandId = commands.announce(id);
      const cancel = (): void => void commands.cancel(id, commandId);
      signal.addEventListener('abort', cancel);
      if (signal.aborted) cancel();
      const step = { kind: 'setup' as const, name: 'setup', command, timeoutMs, why: 'worktree' as const, attempt: 1 };
      const where = { tree: null, folder: place.folder, environment: environmentOf(session) };
      const ended = await commands.run(id, { ...step, ...where }, commandId);
      signal.removeEventListener('abort', cancel);
      if (ended === null) throw new ThroughlineError('check.failed', 'the setup of the worktree was cancelled');
      if (ended.outcome !== 'passed') throw commandFailed(`the setup ${JSON.stringify(command)}`, ended);
    }
  };

  const prepare: Checks['prepare'] = async (id) => {
    const session = await readers.handle(id);
    const { usesWorktree, worktreePath: path } = session.state;
    if (!usesWorktree || path === null || (await readers.work(id)).prepared !== null) return;
    const port = portOf(dataDirectoryId, session.key);
    const place = await setupOf.placeOf(session.state);
    // One that was there before is as its person wants it.
    const isTaken = session.takesWorktree !== null || place.repository === null;
    const { inUse } = await setupOf.inFolder(place);
    const copy = inUse?.setup.copy ?? [];
    const made =
      isTaken || place.repository === null
        ? { copied: [], notes: [], largeFiles: 0 }
        : await prepareWorktree({ repository: place.repository, path, copy });
    const { largeFiles, copied, notes } = made;
    const isPulled = inUse !== null && findProgram('git-lfs', process.env) !== null;
    if (largeFiles > 0 && !isPulled) {
      notes.push(`${largeFiles} files are pointers of Git LFS: git lfs pull brings their content`);
    }
    const more = largeFiles === 0 ? {} : { largeFiles };
    await record(id, fact('worktree_prepared', { port, copied, notes, ...more }, now()));
  };

  return {
    checks: async (id) => {
      await settleLostOf(id);
      const session = await readers.handle(id);
      const place = await setupOf.placeOf(session.state);
      const setup = await setupOf.answerOf(place, await setupOf.inFolder(place), false);
      return { setup, running: [...commands.of(id)] };
    },
    repositorySetup: (path, base) => setupOf.ofRepository(path, base),
    agreeToSetup: setupOf.agree,

    runChecks: async (id, names) => {
      const { session, place } = await placed(id);
      const checks = announced(id, checksNamed(await setupOf.inFolder(place), names));
      runAll(session, checks, { why: 'asked', attempt: 1, tree: null, folder: place.folder }).catch((error) =>
        log.error('checks could not be run', { session: id, error }),
      );
      return { checks: checks.map(({ name, commandId }) => ({ name, commandId })) };
    },

    cancelCheck: async (id, commandId) => {
      if (commands.cancel(id, commandId)) return;
      await readers.handle(id);
      throw new ThroughlineError('check.not_found', 'no such command runs');
    },

    promptOf,
    variablesOf,
    prepare,
    setUp,

    runStarts: (id) => {
      forgetSending(id);
      // What they find is not the tree that they were to look at any more.
      for (const { commandId } of following.get(id) ?? []) commands.cancel(id, commandId);
    },
    runEnded,

    runFor: async (id, { why, tree, folder, signal }) => {
      const { session, place } = await placed(id);
      const found = await setupOf.inFolder(place);
      if (found.standing === 'broken') throw brokenSetup(found.errors);
      const checks = announced(id, checksAt(found, 'landing'));
      const cancel = (): void => {
        for (const { commandId } of checks) commands.cancel(id, commandId);
      };
      signal?.addEventListener('abort', cancel);
      if (signal?.aborted) cancel();
      try {
        const ran = await runAll(session, checks, { why, attempt: 1, tree, folder: folder ?? place.folder });
        const failed = ran
          .filter(({ ended }) => ended.outcome !== 'passed')
          .map(
            ({ name, commandId, ended }): FailedCheck => ({ name, commandId, tail: ended.output.text.slice(-4_000) }),
          );
        return { passed: failed.length === 0 && ran.length === checks.length, failed };
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },

    tearDown: async (id) => {
      forgetSending(id);
      await commands.close(id);
      commands.open(id);
      const { session, place } = await placed(id);
      if (!session.state.usesWorktree || session.takesWorktree !== null) return;
      const { inUse } = await setupOf.inFolder(place);
      for (const { command, timeoutMs } of inUse?.setup.teardown ?? []) {
        const step = { kind: 'teardown' as const, name: 'teardown', command, timeoutMs, why: 'worktree' as const };
        const where = { attempt: 1, tree: null, folder: place.folder, environment: environmentOf(session) };
        const ended = await commands.run(id, { ...step, ...where });
        if (ended === null || ended.outcome === 'passed') continue;
        log.warn('a teardown did not pass', { session: id, command, how: endWords(ended) });
      }
      // Whatever is begun from now on would be in the way.
      await commands.close(id);
    },
    goOn: commands.open,

    settleLost: async () => {
      const { rows } = await readers.dashboard();
      for (const { id, work, restored } of rows) {
        if (!restored && !Object.values(work.checks).includes('running')) continue;
        await settleLostOf(id).catch((error) =>
          log.error('a command that was lost was not recorded', { session: id, error: asThroughlineError(error) }),
        );
      }
    },

    stop: () => {
      isStopping = true;
      for (const id of [...sending.keys()]) forgetSending(id);
      return commands.close();
    },
  };
};
