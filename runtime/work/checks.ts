/**
 * The checks of a repository: run in a session's worktree when somebody asks, after a run, and before landing, one after
 * the other. Only what a person has agreed to runs. A failure goes to the agent at a person's word, or by itself where
 * the repository says so, a limited number of times in a row and after a pause.
 */
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { LedgerFact } from '../../actors/protocol/facts/events.ts';
import type { CommandId, SessionId } from '../../actors/protocol/facts/ids.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import { nearest } from '../agents/nearest.ts';
import type { Configuration } from '../data/configuration.ts';
import { type DataDirectory, dataDirectoryIdOf } from '../data/data-directory.ts';
import type { Log } from '../data/log.ts';
import type { Worktrees } from '../git/worktrees.ts';
import { createEndMarked } from '../processes/orphans.ts';
import type { MadePrompt } from '../prompts/made-prompt.ts';
import { brokenSetup, createRepositorySetups, type RepositorySetup } from '../setup/repository-setup.ts';
import type { CheckTime, SetupCheck } from '../setup/setup-schema.ts';
import type { Readers } from '../threads/readers.ts';
import { createOneAtATime } from '../turns/one-at-a-time.ts';
import { createCommands, endWords, type RanCommand } from './commands/commands.ts';
import { failedCheckPrompt } from './commands/failed-check-prompt.ts';
import { createSettleLost } from './commands/settle-lost.ts';
import type {
  CheckCommands,
  CheckQueries,
  FailedCheck,
  RunChecksFor,
  StartedPrompt,
} from './offered/check-commands.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { createSessionPlaces, type SessionPlaces } from './session-place.ts';
import { createSetupOf, type SetupOf, type SetupPlace } from './setup-of.ts';

export type ChecksOptions = {
  readonly directory: DataDirectory;
  readonly configuration: Configuration;
  readonly readers: Pick<Readers, 'handle' | 'work' | 'dashboard'>;
  readonly worktrees: Pick<Worktrees, 'check'>;
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
  /** Gives the session its next prompt, which is made when nothing else can come in between; null: none after all. */
  readonly prompt: (
    id: SessionId,
    make: (session: SessionHandle) => Promise<MadePrompt | null>,
  ) => Promise<StartedPrompt | null>;
  readonly log: Log;
};

export type Checks = Pick<SessionPlaces, 'variablesOf'> &
  Omit<Readiness, 'tearDown'> & {
    /** What the runtime offers of it to others. */
    readonly offered: CheckCommands & CheckQueries;
    /** What a session that names nothing else begins with. Raises `repository.…`. */
    readonly setupFor: SetupOf['inUseAt'];
    readonly runStarts: (id: SessionId) => void;
    /** Runs the checks that follow each run that has done its work. */
    readonly runEnded: (id: SessionId, ordinal: number) => void;
    readonly runFor: RunChecksFor;
    /** Ends what runs for a session that is being removed, and runs what its repository wants to be run before that. */
    readonly tearDown: (id: SessionId) => Promise<void>;
    /** It is removed, or was not after all. */
    readonly tornDown: (id: SessionId) => void;
    /** Says of commands that a dead runtime had begun that they are lost. Its processes are gone by then. */
    readonly settleLost: () => Promise<void>;
    /** Ends whatever runs. */
    readonly stop: () => Promise<void>;
  };

const maxOutputBytes = 128 * 1024;
const tailCharacters = 4_000;

type Named = SetupCheck & { readonly name: string };
type Announced = Named & { readonly commandId: CommandId };
type CheckRun = Announced & { readonly ended: RanCommand };

export const createChecks = (options: ChecksOptions): Checks => {
  const { directory, configuration, readers, worktrees, record, log } = options;
  const dataDirectoryId = dataDirectoryIdOf(directory);
  const setupOf = createSetupOf(createRepositorySetups(directory));
  const places = createSessionPlaces({ dataDirectoryId, configuration, readers, worktrees, setupOf });
  const inTurn = createOneAtATime();
  const commands = createCommands({
    record,
    markOf: (command) => `${dataDirectoryId}/command-${command}`,
    endMarked: createEndMarked(),
    maxOutputBytes: Math.min(configuration.maxStoredTextBytes, maxOutputBytes),
    log,
  });
  const readiness = createReadiness({ dataDirectoryId, readers, setupOf, places, commands, record, log });
  const settleLost = createSettleLost({ readers, record, commands, log });
  /** Failures that go to the agent by themselves after a pause. */
  const sending = new Map<SessionId, NodeJS.Timeout>();
  /** Those that follow a run, while they run. */
  const following = new Map<SessionId, readonly Announced[]>();
  let isStopping = false;

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
          const environment = places.environmentOf(session);
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

  const promptOf = async (id: SessionId, commandIds: readonly CommandId[]): Promise<string> => {
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

  /** How many times in a row checks have gone to the agent by themselves, up to this run. */
  const sentBefore = async (id: SessionId, ordinal: number): Promise<number> => {
    const { commands: known } = await readers.work(id);
    const before = known.filter(({ sentWith, sentByItself }) => sentWith === ordinal && sentByItself);
    return Math.max(0, ...before.map(({ attempt }) => attempt));
  };

  const sendLater = (id: SessionId, ordinal: number, failed: readonly CheckRun[], attempt: number): void => {
    const told = failed.filter(({ retry }) => retry !== null && attempt <= retry.tries);
    if (told.length === 0 || isStopping) return;
    const pauseMs = Math.max(...told.map(({ retry }) => retry?.pauseMs ?? 0));
    const checks = told.map(({ commandId }) => commandId);
    const send = async (): Promise<void> => {
      sending.delete(id);
      await options.prompt(id, async ({ state }) => {
        // Somebody else went on with it meanwhile.
        if (state.runCount !== ordinal) return null;
        return { text: await promptOf(id, checks), of: { checks, byItself: true } };
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

  const runAfter = async (id: SessionId, ordinal: number): Promise<void> => {
    const { state } = await readers.handle(id);
    // One that failed did not do its work; and somebody may be quicker.
    if (state.runCount !== ordinal || state.status !== 'completed') return;
    const { session, place } = await places.placed(id);
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

  /**
   * What checks a session has to pass: as its folder says, and where that says nothing any more, as it did where the
   * session began. It cannot get past them by leaving the file away.
   */
  const foundFor = async ({ state }: SessionHandle, place: SetupPlace): Promise<RepositorySetup> => {
    const found = await setupOf.inFolder(place);
    if (found.standing !== 'none' || place.repository === null || state.baseCommit === null) return found;
    return setupOf.atCommit(place.repository, state.baseCommit);
  };

  const runFor: RunChecksFor = async (id, { why, names = null, tree, folder, signal }) => {
    const { session, place } = await places.placed(id);
    const found = await foundFor(session, { ...place, folder: folder ?? place.folder });
    if (found.standing === 'broken') throw brokenSetup(found.errors);
    const checks = announced(id, names === null ? checksAt(found, 'landing') : checksNamed(found, names));
    const cancel = (): void => {
      for (const { commandId } of checks) commands.cancel(id, commandId);
    };
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) cancel();
    try {
      const ran = await runAll(session, checks, { why, attempt: 1, tree, folder: folder ?? place.folder });
      const failed = ran
        .filter(({ ended }) => ended.outcome !== 'passed')
        .map(({ name, commandId, ended }): FailedCheck => {
          const tail = ended.output.text.slice(-tailCharacters);
          return { name, commandId, how: endWords(ended), tail };
        });
      const passed = ran.filter(({ ended }) => ended.outcome === 'passed').map(({ name }) => name);
      return { isPassed: passed.length === checks.length, passed, failed, standing: found.standing };
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  };

  return {
    offered: {
      checks: async (id) => {
        await settleLost.of(id);
        const session = await readers.handle(id);
        const place = await setupOf.placeOf(session.state);
        const setup = await setupOf.answerOf(place, await setupOf.inFolder(place), false);
        return { setup, running: [...commands.of(id)] };
      },
      repositorySetup: setupOf.ofRepository,
      agreeToSetup: setupOf.agree,
      runChecks: async (id, names) => {
        const { session, place } = await places.placed(id);
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
      sendCheck: async (id, commandId) => {
        const checks = [commandId];
        const started = await options.prompt(id, async () => ({ text: await promptOf(id, checks), of: { checks } }));
        if (started !== null) return started;
        throw new ThroughlineError('internal', 'a check that failed made no prompt');
      },
    },
    variablesOf: places.variablesOf,
    setupFor: setupOf.inUseAt,
    prepare: readiness.prepare,
    madeAnew: readiness.madeAnew,
    setUp: readiness.setUp,

    runStarts: (id) => {
      forgetSending(id);
      // What they find is not the tree that they were to look at any more.
      for (const { commandId } of following.get(id) ?? []) commands.cancel(id, commandId);
    },
    runEnded: (id, ordinal) => {
      if (isStopping) return;
      runAfter(id, ordinal).catch((error) =>
        log.warn('the checks after a run could not be run', { session: id, error }),
      );
    },
    runFor,

    tearDown: async (id) => {
      forgetSending(id);
      await commands.close(id);
      commands.open(id);
      await readiness.tearDown(id);
      // Whatever is begun from now on would be in the way.
      await commands.close(id);
    },
    tornDown: commands.open,
    settleLost: settleLost.all,

    stop: () => {
      isStopping = true;
      for (const id of [...sending.keys()]) forgetSending(id);
      return commands.close();
    },
  };
};

const hasFailed = ({ ended }: CheckRun): boolean => ended.outcome === 'failed' || ended.outcome === 'timed_out';

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
    const message = "nobody has agreed to the repository's setup yet: nothing of it runs";
    throw new ThroughlineError('check.not_agreed', message, {
      hint: 'look at it and agree: throughline setup agree',
    });
  }
  return chosen;
};

/** Those that run by themselves at a time. */
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
