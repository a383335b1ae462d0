/**
 * The runtime: every command of a person, carried out over the actors. Facts first (the writer), then effects (git,
 * agents). What must not overlap on one session is refused while it is under way.
 */
import { v7 as uuid } from 'uuid';
import { ThroughlineError } from '../actors/protocol/facts/error.ts';
import { encodeFact, fact } from '../actors/protocol/facts/events.ts';
import { type SessionId, type Timestamp, toRunId, toSessionId, toTimestamp } from '../actors/protocol/facts/ids.ts';
import type { NewSession } from '../actors/protocol/gateway/api.ts';
import { createActorSystem } from './actor-system/actor-system.ts';
import { createMachineWatchers } from './actor-system/machine-watchers.ts';
import { describeAgents, findAgent } from './agents/find-agent.ts';
import { mcpServersOf } from './agents/mcp-servers.ts';
import { createForget } from './asking/forget-with-session.ts';
import type { Configuration } from './data/configuration.ts';
import { type DataDirectory, dataDirectoryIdOf } from './data/data-directory.ts';
import type { SettingsTaken } from './data/live-settings.ts';
import type { Log } from './data/log.ts';
import { openWindowMemory } from './data/window-memory.ts';
import { createWorktrees } from './git/worktrees.ts';
import { createGoingOn } from './limits/going-on.ts';
import { createPauseCommands } from './limits/pause-commands.ts';
import { systemClock, type WallClock } from './limits/wall-clock.ts';
import { gitMarkOf, stopOrphans } from './processes/orphans.ts';
import { partsOfPrompt } from './prompts/parts-of-prompt.ts';
import { createPromptQueue } from './queue/prompt-queue.ts';
import { createSendsWhenFree } from './queue/sends-when-free.ts';
import { createChooseOption } from './sessions/choose-option.ts';
import type { DebugWire } from './sessions/debug-wire.ts';
import { createLifecycles } from './sessions/lifecycles.ts';
import { refusedWhen } from './sessions/refused-when.ts';
import { createRemovals } from './sessions/removal.ts';
import { startRetention } from './sessions/retention.ts';
import { createRuns, promptFacts } from './sessions/runs.ts';
import { foldersBeside, planFolder } from './sessions/session-folder.ts';
import { createSessionHosts } from './sessions/session-hosts.ts';
import { nameFrom } from './sessions/session-name.ts';
import type { Faults, Removed, Runtime, Started } from './surface.ts';
import { createReaders } from './threads/readers.ts';
import { createSearch } from './threads/search.ts';
import { createSessionThreads } from './threads/session-threads.ts';
import type { WriterSupervisor } from './threads/writer-supervisor.ts';
import { createSurroundings } from './window/surroundings.ts';
import { goesOnFrom } from './work/goes-on-from.ts';
import { createWork } from './work/work.ts';

export type RuntimeOptions = {
  readonly directory: DataDirectory;
  readonly configuration: Configuration;
  /** Reads the settings again; `configuration` has then what could be taken up. */
  readonly takeUpSettings: () => SettingsTaken;
  readonly log: Log;
  readonly programVersion: string;
  /** Where what agents say and hear is written down; null where nobody asked for that. */
  readonly debugWire?: DebugWire | null;
  /** The supervised writer, with its epoch open. The runtime stops it with the rest. */
  readonly writer: WriterSupervisor;
  /** By which paused sessions go on; the system's where none is given. */
  readonly clock?: WallClock | undefined;
};

/** How long a stop waits for what was recorded to become durable, which a full disk can keep it from for ever. */
const stopDeadlineMs = 10_000;

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
    forgetSnapshots: (session) => work.forget(session),
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
    mayOpen: () => begun,
    recover: (id, thrown) => work.recover(id, thrown),
    isStopping: () => stopped !== null,
    onBroken: (runKey, error) => runs.fail(runKey, error),
    prepare: (id) => work.prepare(id),
    setUp: (id, signal) => work.setUp(id, signal),
    variablesOf: (session) => work.variablesOf(session),
    onPaused: (id, agent, pause) => goingOn.paused(id, agent, pause),
    onRunEnded: (id, ordinal) => {
      goingOn.runEnded(id);
      work.runEnded(id, ordinal);
    },
  });
  const runs = createRuns({
    readers,
    writer,
    hosts,
    lifecycle,
    requireAgent: (agent) => findAgent(agent, surroundings),
    onStart: (id) => work.runStarts(id),
    onFolder: (id, ordinal) => work.runBegins(id, ordinal),
    onClosed: (id) => {
      goingOn.runEnded(id);
      waiting.runEnded(id);
    },
    log,
  });
  const work = createWork({
    directory,
    configuration,
    environment: process.env,
    readers,
    worktrees,
    record: hosts.record,
    lifecycle,
    isLive: hosts.isLive,
    refuseLive: runs.refuseLive,
    prompt: runs.prompt,
    promptMade: runs.promptMade,
    onKept: (id) => waiting.runEnded(id),
    onQueued: (id) => waiting.added(id),
    alone: () => orphansStopped,
    begun: () => begun,
    readOnly: writer.refusal,
    log,
  });

  const promptQueue = createPromptQueue({
    readers,
    record: hosts.record,
    runs,
    isLive: hosts.isLive,
    onQueued: (id) => waiting.added(id),
  });
  const waiting = createSendsWhenFree({ readers, waits: [work.waits, promptQueue.waits], log });

  const pauses = createPauseCommands({
    readers,
    hosts,
    record: hosts.record,
    lifecycle,
    runs,
    goingOn: () => goingOn,
  });
  const goingOn = createGoingOn({ readers, goOn: pauses.goOn, clock: options.clock ?? systemClock, log });

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
      const plan = await planFolder(request, id, name, work.setupFor);
      if (plan.takesWorktree !== undefined) await refuseShared(plan.takesWorktree);
      const { repository } = plan;
      await work.holdForFork(id, repository, forked?.facts.startsFrom);
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
      const facts = promptFacts(request.prompt, 'prompt', parts);
      const answer = await writer.command({
        kind: 'open_session',
        sessionId: id,
        ledgerRunId: toRunId(uuid()),
        ledger: [encodeFact(created)],
        runId: toRunId(uuid()),
        events: facts.map(encodeFact),
      });
      return runs.launch(id, answer, facts);
    });
  };

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
      if (!force) runs.refuseLive(session);
      await begun;
      await hosts.get(id)?.retire();
      // If the folder is refused for its uncommitted work, the session is still there as it was, its agent parked.
      const removing = removals.remove(session, { force, before: () => work.leave(session) });
      return withConversation(await removing.finally(() => work.left(id)));
    });

  const archive: Runtime['archive'] = (id, archived) =>
    lifecycle(id, 'archive', async () => {
      const session = await readers.handle(id);
      if (session.state.work.archived === archived) return;
      // Nobody would see what it does, or what it asks.
      if (archived && session.activeRun !== null) {
        throw new ThroughlineError('session.busy', 'a run of this session is under way', {
          hint: 'wait for it, or interrupt it first',
        });
      }
      await hosts.record(id, fact('session_archived', { archived }, now()));
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
    work.rest();
    waiting.stop();
    goingOn.stop();
    actorSystem.stop();
    const deadline = elapsed(stopDeadlineMs);
    // At once: from here on no command begins.
    const commands = lifecycles.close();
    const inTime = (ended: Promise<unknown>) => Promise.race([ended, writer.gaveUp, deadline.passed]);
    await inTime(work.stopLandings());
    await inTime(commands);
    await inTime(work.stopCommands());
    await inTime(Promise.all(hosts.all().map((host) => host.stop())));
    await inTime(work.close());
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
      // Nobody who could have left anything running has lived since a clean stop.
      if (writer.ready.agents.length === 0 || writer.refusal() !== null) return;
      await settleLeftRunning(new Set(orphans.map(({ sessionId }) => sessionId))).catch((error) =>
        log.error('what was left running could not be looked for', { error }),
      );
    },
    (error) => log.error('orphaned agents could not be looked for', { error }),
  );
  // Nobody works beside what was cut short.
  const begun = orphansStopped.then(work.begin);
  begun.then(waiting.begin).catch((error) => log.error('what waits for agents could not be looked for', { error }));
  begun.then(goingOn.begin).catch((error) => log.error('paused sessions could not be looked for', { error }));
  if (writer.ready.restored.length > 0) log.info('sessions restored', { sessions: writer.ready.restored.length });

  if (writer.ready.hasUnfinishedRemovals) {
    // What is left of their agents, or of a git that took their folders away, would be in the way.
    begun.then(finishRemovals).catch((error) => log.error('removals could not be finished', { error }));
  }

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
    usage: readers.usage,
    verify: readers.verify,
    steps: readers.steps,
    overview: readers.overview,
    whatIf: readers.whatIf,
    ...work.queries,
    ...work.review,
    ...promptQueue.queries,
    ...createSurroundings({ readers, worktrees, environment: process.env }),
    search: search.query,
    windowMemory,
    ...refusedWhen(writer.refusal, {
      startSession,
      prompt: runs.prompt,
      resume: runs.resume,
      interrupt: runs.interrupt,
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
      ...work.commands,
      ...promptQueue.commands,
      ...pauses.commands,
      chooseOption: createChooseOption({ hosts, readers }),
      rename: (id, name) => hosts.record(id, fact('session_renamed', { name }, now())),
      archive,
    }),
    readOnly: writer.refusal,
    takeUpSettings: options.takeUpSettings,
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
  const retention = startRetention({ runtime, limits: configuration.retention, usedBytes: readers.usedBytes, log });
  return runtime;
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
