/**
 * The runtime: every command of a person, carried out over the actors. Facts first (the writer), then effects (git,
 * agents). What must not overlap on one session is refused while it is under way.
 */
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { toldOfTree } from '../actors/model/work/told-of-tree.ts';
import type { ContentPart } from '../actors/protocol/facts/content-part.ts';
import { asThroughlineError, ThroughlineError } from '../actors/protocol/facts/error.ts';
import { encodeFact, fact, type RunFact } from '../actors/protocol/facts/events.ts';
import {
  type RunKey,
  type SessionId,
  type Timestamp,
  toRunId,
  toSessionId,
  toTimestamp,
} from '../actors/protocol/facts/ids.ts';
import { isInFlight } from '../actors/protocol/facts/status.ts';
import type { NewSession } from '../actors/protocol/gateway/api.ts';
import type { PromptPart } from '../actors/protocol/gateway/prompt-part.ts';
import type { RunToBegin } from '../actors/protocol/threads/session-messages.ts';
import type { BegunRun } from '../actors/protocol/threads/writer-messages.ts';
import type { SessionHandle } from '../actors/reader/session-queries.ts';
import { createActorSystem } from './actor-system/actor-system.ts';
import { createMachineWatchers } from './actor-system/machine-watchers.ts';
import { describeAgents, findAgent } from './agents/find-agent.ts';
import { mcpServersOf } from './agents/mcp-servers.ts';
import { createForget } from './asking/forget-with-session.ts';
import type { Configuration } from './data/configuration.ts';
import { type DataDirectory, dataDirectoryIdOf } from './data/data-directory.ts';
import type { Log } from './data/log.ts';
import { rememberRepositories } from './data/remembered-repositories.ts';
import { openWindowMemory } from './data/window-memory.ts';
import { createWorktrees } from './git/worktrees.ts';
import { createEndMarked, gitMarkOf, stopOrphans } from './processes/orphans.ts';
import { partsOfPrompt } from './prompts/parts-of-prompt.ts';
import { createChooseOption } from './sessions/choose-option.ts';
import type { DebugWire } from './sessions/debug-wire.ts';
import { createLifecycles } from './sessions/lifecycles.ts';
import { refusedWhen } from './sessions/refused-when.ts';
import { createRemovals } from './sessions/removal.ts';
import { startRetention } from './sessions/retention.ts';
import { foldersBeside, planFolder } from './sessions/session-folder.ts';
import { createSessionHosts } from './sessions/session-hosts.ts';
import { nameFrom } from './sessions/session-name.ts';
import type { Faults, Removed, Runtime, Started } from './surface.ts';
import { createReaders } from './threads/readers.ts';
import { createSearch } from './threads/search.ts';
import { createSessionThreads } from './threads/session-threads.ts';
import type { WriterSupervisor } from './threads/writer-supervisor.ts';
import { createSurroundings } from './window/surroundings.ts';
import { createChecks, type PromptIsOf } from './work/checks.ts';
import { goesOnFrom } from './work/goes-on-from.ts';
import { checksOnTop } from './work/landing/check-on-top.ts';
import { createLandings } from './work/landing/landings.ts';
import { createBisects } from './work/origin/bisects.ts';
import { createOrigin } from './work/origin/origin.ts';
import { createWhoseLines } from './work/origin/whose-lines.ts';
import { createRestoring } from './work/restoring.ts';
import { createReview } from './work/review/create-review.ts';
import { startSnapshotRetention } from './work/snapshot-retention.ts';
import { createSnapshots } from './work/snapshots.ts';

export type RuntimeOptions = {
  readonly directory: DataDirectory;
  readonly configuration: Configuration;
  readonly log: Log;
  readonly programVersion: string;
  /** Where what agents say and hear is written down; null where nobody asked for that. */
  readonly debugWire?: DebugWire | null;
  /** The supervised writer, with its epoch open. The runtime stops it with the rest. */
  readonly writer: WriterSupervisor;
};

/** How long a stop waits for what was recorded to become durable, which a full disk can keep it from for ever. */
const stopDeadlineMs = 10_000;

/** What a recovered session is told when nobody says anything else. */
export const continuationPrompt =
  'You were interrupted before you had finished, and your last steps may be incomplete. ' +
  'Look at the state of the files, then continue where you left off.';

type PromptOrigin = 'prompt' | 'resume' | 'continuation';

const now = (): Timestamp => toTimestamp(Date.now());

/** Brings the actors together over a writer whose epoch is open. */
export const createRuntime = async (options: RuntimeOptions): Promise<Runtime & { readonly faults: Faults }> => {
  const { directory, configuration, log } = options;
  const dataDirectoryId = dataDirectoryIdOf(directory);
  const { writer } = options;
  const readers = createReaders({ databasePath: directory.database, log });
  const threads = createSessionThreads({ writer, thread: { programVersion: options.programVersion }, log });
  const worktrees = createWorktrees({ mark: gitMarkOf(dataDirectoryId) });
  const search = createSearch({ directory, log });
  writer.onCommitted(search.committed);
  const machines = createMachineWatchers((id, watched) => hosts.get(id)?.watchMachine(watched));
  const actorSystem = createActorSystem(
    {
      position: writer.position,
      writer,
      sessions: threads,
      readers,
      search,
      agents: () => hosts.all().flatMap((host) => host.runningAgent() ?? []),
    },
    log,
  );
  const windowMemory = openWindowMemory(directory, log);
  const removals = createRemovals({
    writer,
    worktrees,
    worktreesFolder: directory.worktrees,
    windowMemory,
    forgetSnapshots: async (session) => {
      await restoring.forget(session);
      await snapshots.forget(session);
    },
    log,
    isStopping: () => stopped !== null,
  });
  const lifecycles = createLifecycles();
  const lifecycle = lifecycles.begin;
  const surroundings = { configuration, dataDirectory: directory };
  const forget = createForget({
    find: (agent) => findAgent(agent, surroundings),
    directory,
    programVersion: options.programVersion,
    log,
  });
  let stopped: Promise<void> | null = null;

  const hosts = createSessionHosts({
    directory,
    configuration,
    threads,
    readers,
    writer,
    worktrees,
    machines,
    log,
    debugWire: options.debugWire ?? null,
    // Nobody begins beside an agent that an earlier runtime left.
    mayOpen: () => mended,
    recover: (id, thrown) => restoring.recover(id, thrown),
    isStopping: () => stopped !== null,
    onBroken: (runKey, error) => failRun(runKey, error),
    prepare: (id) => checks.prepare(id),
    setUp: (id, signal) => checks.setUp(id, signal),
    variablesOf: (session) => checks.variablesOf(session),
    onRunEnded: (id, ordinal) => onRunEnded(id, ordinal),
  });
  const bisects = createBisects({
    readers,
    record: (id, next) => hosts.record(id, next),
    folder: join(directory.root, 'bisect'),
    environment: process.env,
    passEnvironment: configuration.passEnvironment,
    markOf: (id) => `${dataDirectoryId}/bisect-${id}`,
    endMarked: createEndMarked(),
  });
  const checks = createChecks({
    directory,
    configuration,
    readers,
    worktrees,
    record: hosts.record,
    prompt: (id, make) => promptMade(id, make),
    log,
  });
  const snapshots = createSnapshots({
    readers,
    record: hosts.record,
    folder: directory.snapshots,
    limits: configuration.snapshots,
    mark: gitMarkOf(dataDirectoryId),
    mayTake: () => orphansStopped,
    log,
  });

  /** What follows from the end of a run, one after the other. */
  const onRunEnded = async (id: SessionId, ordinal: number): Promise<void> => {
    await snapshots.takeInPassing(id, 'run_end', ordinal);
    review.queue.runEnded(id);
    checks.runEnded(id, ordinal);
    refreshPullRequest(id);
  };

  const landings = createLandings({
    readers,
    record: hosts.record,
    directory,
    mark: gitMarkOf(dataDirectoryId),
    take: snapshots.take,
    runChecks: checksOnTop(checks.runFor, (id, tree, to) => restoring.putTree(id, tree, to)),
    putTree: (id, tree, to) => restoring.putTree(id, tree, to),
    mayBegin: () => mended,
    setupFor: checks.setupFor,
    passEnvironment: configuration.passEnvironment,
    isLive: hosts.isLive,
    lifecycle,
    prompt: (id, text) => runtime.prompt(id, text),
    log,
  });
  const remembered = rememberRepositories(directory, log);
  const restoring = createRestoring({
    readers,
    record: hosts.record,
    snapshots,
    lifecycle,
    refuseLive: (session) => refuseLive(session),
    mayBegin: () => mended,
    remembered,
    days: configuration.discardedDays,
    worktreesFolder: directory.worktrees,
    onMadeAnew: (id) => checks.madeAnew(id),
    mark: gitMarkOf(dataDirectoryId),
    log,
  });

  const settle = async (runKey: RunKey, facts: readonly RunFact[]): Promise<void> => {
    if (facts.length > 0) await writer.command({ kind: 'settle_run', runKey, events: facts.map(encodeFact) });
  };

  const failRun = async (runKey: RunKey, error: ThroughlineError): Promise<void> => {
    const { failed } = await closing();
    await settle(runKey, failed(await readers.runFacts(runKey), error, now()));
  };

  const launchRun = async (id: SessionId, begun: BegunRun, facts: readonly RunFact[]): Promise<Started> => {
    const { runId, runKey, ordinal, lastSeq } = begun;
    try {
      const host = await hosts.open(id, () => snapshots.takeInPassing(id, 'run_start', ordinal));
      host.beginRun({ runId, runKey, ordinal, lastSeq, facts } satisfies RunToBegin);
    } catch (thrown) {
      // The run is in the log already, so how it ended has to be as well.
      await failRun(runKey, asThroughlineError(thrown)).catch((error) =>
        log.error('the end of a run that could not begin was not recorded', { session: id, error }),
      );
      throw thrown;
    }
    return { id, runId, run: ordinal };
  };

  /** A worktree has one session: two agents would be in each other's way, and the removal of one would take it away. */
  const refuseShared = async (path: string): Promise<void> => {
    const { rows } = await readers.dashboard();
    const other = rows.find(({ worktree }) => worktree.path === path);
    if (other === undefined) return;
    throw new ThroughlineError('worktree.exists', `${path} is the worktree of the session "${other.name}"`, {
      hint: 'give that session a prompt, or fork it',
    });
  };

  const startSession = async (given: NewSession): Promise<Started> => {
    const id = toSessionId(uuid());
    return lifecycle(id, 'starting', async () => {
      const forked = await goesOnFrom(given, readers);
      const base = given.base ?? (given.worktree ? forked?.begins : null) ?? null;
      const request = base === null ? given : { ...given, base };
      const { agentSessionId } = request;
      findAgent(request.agent, surroundings);
      const parts = partsOfPrompt(request.parts ?? []);
      const name = request.name ?? nameFrom(request.prompt);
      const plan = await planFolder(request, id, name, checks.setupFor);
      if (plan.takesWorktree !== undefined) await refuseShared(plan.takesWorktree);
      const { repository } = plan;
      await restoring.holdForFork(id, repository, forked?.facts.startsFrom?.tree);
      const ofSession = request.mcpServers ?? [];
      // Only looked at here: what cannot be reached is refused before there is a session.
      mcpServersOf({ configuration, repository, ofSession, environment: process.env });
      const additionalDirectories = await foldersBeside(request.additionalDirectories ?? []);
      const created = fact(
        'session_created',
        {
          name,
          agent: request.agent,
          approvals: request.approvals,
          worktree: request.worktree,
          ...chosenIn(request),
          ...(ofSession.length === 0 ? {} : { mcpServers: ofSession }),
          ...(additionalDirectories.length === 0 ? {} : { additionalDirectories }),
          ...(agentSessionId === undefined ? {} : { agentSessionId }),
          ...forked?.facts,
          ...plan,
          ...(forked?.base == null ? {} : { base: forked.base }),
        },
        now(),
      );
      const facts: readonly RunFact[] = [promptFact(request.prompt, 'prompt', parts)];
      const answer = await writer.command({
        kind: 'open_session',
        sessionId: id,
        ledgerRunId: toRunId(uuid()),
        ledger: [encodeFact(created)],
        runId: toRunId(uuid()),
        events: facts.map(encodeFact),
      });
      return launchRun(id, begunOf(answer), facts);
    });
  };

  const promptFact = (
    text: string,
    origin: PromptOrigin,
    parts: readonly ContentPart[],
    of: PromptIsOf = {},
  ): RunFact => fact('prompt', { text, origin, ...(parts.length === 0 ? {} : { parts: [...parts] }), ...of }, now());

  /** The facts that close a run which an earlier epoch left open; none when there is no such run. */
  const closingFacts = async ({ activeRun, state }: SessionHandle): Promise<readonly RunFact[]> => {
    if (activeRun === null) return [];
    const { abandoned } = await closing();
    return abandoned(await readers.runFacts(activeRun.runKey), state.lastActivityAt);
  };

  const beginNextRun = async (
    session: SessionHandle,
    text: string,
    origin: PromptOrigin,
    given: readonly PromptPart[] = [],
    more: PromptIsOf = {},
  ): Promise<Started> => {
    checks.runStarts(session.id);
    // Refused before there is a run that could only fail.
    findAgent(session.state.agent, surroundings);
    const told = toldOfTree(await readers.work(session.id));
    const of = { ...more, ...(told === null ? {} : { told }) };
    const facts: readonly RunFact[] = [promptFact(text, origin, partsOfPrompt(given), of)];
    const answer = await writer.command({
      kind: 'begin_run',
      sessionId: session.id,
      runId: toRunId(uuid()),
      events: facts.map(encodeFact),
      closeOpenRun: (await closingFacts(session)).map(encodeFact),
    });
    return launchRun(session.id, begunOf(answer), facts);
  };

  // Live for its host and in the log: who reads there that a run has ended may begin the next, though the news of it is
  // still on its way to the host.
  const refuseLive = ({ id, activeRun }: SessionHandle): void => {
    if (activeRun === null || !hosts.isLive(id)) return;
    throw new ThroughlineError('session.busy', 'a run of this session is under way', {
      hint: 'wait for it, or interrupt it first',
    });
  };

  const prompt: Runtime['prompt'] = (id, text, parts) =>
    lifecycle(id, 'prompt', async () => {
      const session = await readers.handle(id);
      refuseLive(session);
      requireText(text);
      return beginNextRun(session, text, 'prompt', parts);
    });

  /** A prompt that is made when nothing else can come in between; null where none is, after all. */
  const promptMade = (
    id: SessionId,
    make: (session: SessionHandle) => Promise<{ readonly text: string; readonly of: PromptIsOf } | null>,
  ): Promise<Started | null> =>
    lifecycle(id, 'prompt', async () => {
      const session = await readers.handle(id);
      refuseLive(session);
      const made = await make(session);
      return made && beginNextRun(session, made.text, 'prompt', [], made.of);
    });

  const review = createReview({
    readers,
    take: snapshots.take,
    record: hosts.record,
    prompt: (id, compose) =>
      promptMade(id, async () => {
        const composed = await compose();
        return composed && { text: composed.text, of: { comments: [...composed.comments] } };
      }).then((started) => started?.run ?? null),
    editor: configuration.editor,
    environment: process.env,
    log,
  });

  const origin = createOrigin({ readers, worktrees, record: hosts.record, prompt, environment: process.env });
  /** When somebody is about to want to know. */
  const refreshPullRequest = (id: SessionId): void => {
    if (writer.refusal() === null) origin.refreshInPassing(id);
  };

  const resume: Runtime['resume'] = (id, text, parts) =>
    lifecycle(id, 'resume', async () => {
      const session = await readers.handle(id);
      refuseLive(session);
      const isRecovery = isInFlight(session.state.status);
      if (text !== undefined && text.trim() !== '') return beginNextRun(session, text, 'resume', parts);
      if (!isRecovery) {
        throw new ThroughlineError('session.prompt_required', 'this session has ended, so it needs a prompt to go on', {
          hint: 'say what to do next; only a session that was in flight when Throughline ended resumes without one',
        });
      }
      return beginNextRun(session, continuationPrompt, 'continuation', parts);
    });

  const interrupt = (id: SessionId): Promise<void> =>
    lifecycle(id, 'interrupt', async () => {
      const host = hosts.get(id);
      if (host !== undefined && hosts.isLive(id)) return host.interrupt();
      // Nobody works on it any more: what is left to do is to say so in the log.
      const { activeRun, state } = await readers.handle(id);
      const { interrupted } = await closing();
      const told = activeRun === null ? null : await readers.runFacts(activeRun.runKey);
      const facts = interrupted(told, now(), state.lastActivityAt);
      if (activeRun !== null) await settle(activeRun.runKey, facts);
      review.queue.runEnded(id);
    });

  const remove: Runtime['remove'] = (id, { force, conversation }) =>
    lifecycle(id, 'remove', async () => {
      const session = await readers.handle(id).catch(async (thrown) => {
        const unfinished = (await readers.unfinishedRemovals()).find((removal) => removal.id === id);
        if (unfinished === undefined) throw thrown;
        return unfinished;
      });
      // Last of all: a removal that is refused leaves everything as it was.
      const withConversation = async (removed: Removed): Promise<Removed> =>
        conversation === true ? { ...removed, conversation: await forget(session) } : removed;
      if ('begun' in session) return withConversation(await removals.finish(session));
      if (!force) refuseLive(session);
      await mended;
      await hosts.get(id)?.retire();
      if (session.state.usesWorktree) remembered.remember(session.state.repository);
      // If the folder is refused for its uncommitted work, the session is still there as it was, its agent parked.
      const removing = removals.remove(session, {
        force,
        before: () => bisects.close(id).then(() => checks.tearDown(id)),
      });
      return withConversation(await removing.finally(() => checks.tornDown(id)));
    });

  const endLeftRunning = (id: SessionId) =>
    lifecycle(id, 'end-left-running', async () => ({ processes: await hosts.endLeftRunning(id) }));

  /** What a session had left running when a runtime died, and what has ended since then by itself. */
  const settleLeftRunning = async (stopped: ReadonlySet<SessionId>): Promise<void> => {
    const { rows } = await readers.dashboard();
    for (const { id, leftRunning } of rows) if (leftRunning > 0 && !stopped.has(id)) await hosts.endLeftRunning(id);
  };

  /** Goes on with what an earlier life of the runtime had begun to remove. */
  const finishRemovals = async (): Promise<void> => {
    for (const removal of await readers.unfinishedRemovals()) {
      const { id: session } = removal;
      await lifecycle(session, 'remove', () => removals.finish(removal)).then(
        ({ parkedRef }) => log.info('a removal that was cut short is finished', { session, parkedRef }),
        (error) => log.error('a removal that was cut short could not be finished', { session, error }),
      );
    }
  };

  const stop = async (): Promise<void> => {
    retention.stop();
    snapshotRetention.stop();
    restoring.stop();
    review.queue.stop();
    origin.stop();
    actorSystem.stop();
    const deadline = elapsed(stopDeadlineMs);
    // At once: from here on no command begins.
    const commands = lifecycles.close();
    await Promise.race([landings.stop(), writer.gaveUp, deadline.passed]);
    await Promise.race([commands, writer.gaveUp, deadline.passed]);
    await Promise.race([Promise.all([bisects.close(), checks.stop()]), writer.gaveUp, deadline.passed]);
    const stopping = hosts.all().map((host) => host.stop());
    await Promise.race([Promise.all(stopping), writer.gaveUp, deadline.passed]);
    await Promise.race([snapshots.close(), writer.gaveUp, deadline.passed]);
    deadline.cancel();
    // Those whose last words cannot be made durable; they were not acknowledged either.
    await Promise.all(hosts.all().map((host) => host.abandon()));
    await orphansStopped;
    // What agents started outside of their process groups, and commands that took their time.
    await stopOrphans({ agents: [], dataDirectoryId });
    await threads.stop();
    const lastDeadline = elapsed(stopDeadlineMs);
    const closed = writer
      .command({ kind: 'close_epoch', endedAt: now() })
      .catch((error) => log.error('the stop could not be recorded', { error }));
    await Promise.race([closed, lastDeadline.passed]);
    lastDeadline.cancel();
    // The last connection to close empties the write-ahead log into the database, so it should be the writer's.
    await search.stop();
    await readers.stop();
    await writer.stop();
  };

  const orphansStopped = stopOrphans({ agents: writer.ready.agents, dataDirectoryId }).then(
    async (orphans) => {
      for (const { sessionId, pid, processes } of orphans) {
        log.warn('an agent of an earlier runtime was stopped', { session: sessionId, pid, processes });
        if (writer.refusal() !== null) continue;
        await hosts
          .record(sessionId, fact('orphan_stopped', { pid, processes }, now()))
          .catch((error) => log.error('an orphan could not be recorded', { session: sessionId, error }));
      }
      if (writer.refusal() === null) await checks.settleLost();
      if (writer.refusal() === null) {
        await bisects
          .settleLost()
          .catch((error) => log.error('a bisect that was cut short was not settled', { error }));
      }
      // Nobody who could have left anything running has lived since a clean stop.
      if (writer.ready.agents.length === 0 || writer.refusal() !== null) return;
      await settleLeftRunning(new Set(orphans.map(({ sessionId }) => sessionId))).catch((error) =>
        log.error('what was left running could not be looked for', { error }),
      );
    },
    (error) => log.error('orphaned agents could not be looked for', { error }),
  );
  // Nobody works beside what was cut short.
  const mended = orphansStopped.then(async () => {
    if (writer.refusal() !== null) return;
    for (const begin of [restoring.begin, landings.begin]) {
      // What fails here keeps nobody from going on with the rest.
      await begin().catch((error) => log.error('what was cut short could not be looked for', { error }));
    }
  });
  if (writer.ready.restored.length > 0) log.info('sessions restored', { sessions: writer.ready.restored.length });

  if (writer.ready.hasUnfinishedRemovals) {
    // What is left of their agents, or of a git that took their folders away, would be in the way.
    mended.then(finishRemovals).catch((error) => log.error('removals could not be finished', { error }));
  }

  orphansStopped
    .then(() => (writer.refusal() === null ? review.queue.begin() : undefined))
    .catch((error) => log.error('what waits to be sent could not be looked for', { error }));

  const runtime: Runtime & { readonly faults: Faults } = {
    dashboard: readers.dashboard,
    session: readers.session,
    history: readers.history,
    historyBefore: readers.historyBefore,
    find: readers.find,
    dashboardRows: readers.dashboardRows,
    work: readers.work,
    repositories: readers.repositories,
    agentOptions: readers.agentOptions,
    eventsAfter: readers.eventsAfter,
    verify: readers.verify,
    steps: readers.steps,
    overview: readers.overview,
    whatIf: readers.whatIf,
    ...restoring.queries,
    ...checks.offered,
    ...review.commands,
    ...createSurroundings({ readers, worktrees, environment: process.env }),
    search: search.query,
    landing: (id, asked) => {
      refreshPullRequest(id);
      return landings.landing(id, asked);
    },
    landings: landings.landings,
    blame: createWhoseLines(readers),
    windowMemory,
    ...refusedWhen(writer.refusal, {
      startSession,
      prompt,
      resume,
      interrupt,
      endLeftRunning,
      remove,
      decide: async (id, approvalId, decision) => {
        const host = hosts.get(id);
        if (host !== undefined && hosts.isLive(id)) return host.decide(approvalId, decision);
        await readers.handle(id);
        throw new ThroughlineError('approval.not_pending', 'this approval is not waiting for an answer', {
          hint: 'the agent that asked is gone; resume the session',
        });
      },
      ...restoring.commands,
      ...checks.offered,
      chooseOption: createChooseOption({ hosts, readers }),
      commitWork: landings.commitWork,
      land: landings.land,
      withdrawLanding: landings.withdrawLanding,
      undoLanding: landings.undoLanding,
      rename: (id, name) => hosts.record(id, fact('session_renamed', { name }, now())),
      bisect: bisects.bisect,
      cancelBisect: bisects.cancelBisect,
      ...origin.commands,
    }),
    readOnly: writer.refusal,
    agents: async () => describeAgents(surroundings),
    watchActors: actorSystem.watch,
    watchMachine: machines.watch,
    head: writer.position,
    onCommitted: writer.onCommitted,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
    faults: {
      crashWriter: writer.crash,
      crashReaders: readers.crash,
      crashSessionThread: threads.crash,
      crashSearch: search.crash,
    },
  };
  const snapshotRetention = startSnapshotRetention({
    dashboard: readers.dashboard,
    snapshots,
    keepDays: configuration.snapshots.keepDays,
    readOnly: writer.refusal,
    log,
  });
  const retention = startRetention({ runtime, limits: configuration.retention, usedBytes: readers.usedBytes, log });
  return runtime;
};

const closing = () => import('./sessions/close-run.ts');

const begunOf = (answer: { readonly kind: string; readonly run?: BegunRun }): BegunRun => {
  if (answer.run !== undefined) return answer.run;
  throw new ThroughlineError('internal', `the writer answered ${answer.kind} to the beginning of a run`);
};

/** What a new session's request chooses; its mode is one of the choices. */
const chosenIn = ({ mode, choices }: NewSession) => {
  const all = { ...choices, ...(mode === undefined ? {} : { mode }) };
  const chosen = typeof all.mode === 'string' ? all.mode : null;
  return { mode: chosen, ...(Object.keys(all).length === 0 ? {} : { choices: all }) };
};

const elapsed = (milliseconds: number): { readonly passed: Promise<void>; readonly cancel: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return { passed, cancel: () => clearTimeout(timer) };
};

const requireText = (text: string): void => {
  if (text.trim() !== '') return;
  throw new ThroughlineError('session.prompt_required', 'a prompt cannot be empty', { hint: 'say what to do next' });
};
