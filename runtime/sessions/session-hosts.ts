/** The hosts of the sessions that live: one a session, opened with its next run, and gone when it is closed. */

import { defaultRunInput } from '../../actors/model/run/run-input.ts';
import type { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { encodeFact, fact, type LedgerFact, type Payload } from '../../actors/protocol/facts/events.ts';
import { type RunKey, type SessionId, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import type { SessionLimits } from '../../actors/protocol/threads/session-messages.ts';
import type { SessionHandle } from '../../actors/reader/session-queries.ts';
import type { createMachineWatchers } from '../actor-system/machine-watchers.ts';
import { findAgent } from '../agents/find-agent.ts';
import { mcpServersOf } from '../agents/mcp-servers.ts';
import { withTrustOf } from '../agents/worktree-trust.ts';
import type { Configuration } from '../data/configuration.ts';
import { type DataDirectory, dataDirectoryIdOf } from '../data/data-directory.ts';
import type { Log } from '../data/log.ts';
import type { Worktrees } from '../git/worktrees.ts';
import { createEndMarked, createFindMarked, endProcesses, markOf } from '../processes/orphans.ts';
import type { Readers } from '../threads/readers.ts';
import type { SessionThreads } from '../threads/session-threads.ts';
import type { WriterSupervisor } from '../threads/writer-supervisor.ts';
import { createOneAtATime } from '../turns/one-at-a-time.ts';
import type { DebugWire } from './debug-wire.ts';
import { ensureFolder, folderInside } from './session-folder.ts';
import { createSessionHost, type SessionHost } from './session-host.ts';

export type SessionHosts = {
  readonly get: (id: SessionId) => SessionHost | undefined;
  readonly all: () => readonly SessionHost[];
  /** Whether a run of the session is under way here. */
  readonly isLive: (id: SessionId) => boolean;
  /**
   * The session's host, with its folder there; another is made where there is none.
   * Raises what keeps the folder from being there, or the agent from being found.
   *
   * `onFolder` is called when the folder is there, before an agent can be told anything.
   */
  readonly open: (id: SessionId, onFolder: () => Promise<void>) => Promise<SessionHost>;
  /** Ends what an interrupted turn of the session left running; gives how many processes that were. */
  readonly endLeftRunning: (id: SessionId) => Promise<number>;
  /** Appends an entry to a session's ledger, whether the session lives or not; resolves when it is durable. */
  readonly record: (id: SessionId, next: LedgerFact) => Promise<void>;
};

export type SessionHostsOptions = {
  readonly directory: DataDirectory;
  readonly configuration: Configuration;
  readonly threads: SessionThreads;
  readonly readers: Readers;
  readonly writer: WriterSupervisor;
  readonly worktrees: Worktrees;
  readonly machines: ReturnType<typeof createMachineWatchers>;
  readonly log: Log;
  /** Where what agents say and hear is written down, if anywhere. */
  readonly debugWire: DebugWire | null;
  /** Resolves when sessions may be opened. */
  readonly mayOpen: () => Promise<void>;
  /** Mends what keeps a session's folder from being there, if it can be; says whether it was. */
  readonly recover: (id: SessionId, thrown: unknown) => Promise<boolean>;
  readonly isStopping: () => boolean;
  /** Makes a new worktree ready, as far as nothing has to run for that. */
  readonly prepare: (id: SessionId) => Promise<void>;
  /** Runs what is left to run for that, before its agent begins. Raises what keeps one from working there. */
  readonly setUp: (id: SessionId, signal: AbortSignal) => Promise<void>;
  /** What its agent finds in its environment of the session it works for. */
  readonly variablesOf: (session: SessionHandle) => Readonly<Record<string, string>>;
  /** A session's actor ended before its run. */
  readonly onBroken: (run: RunKey, error: ThroughlineError) => Promise<void>;
  /** A run of a session with this agent waits, and the log says for what. */
  readonly onPaused: (id: SessionId, agent: string, pause: Payload<'paused'>) => void;
  /** A run has ended, and the log says how. */
  readonly onRunEnded: (id: SessionId, ordinal: number) => void;
};

const startDeadlineMs = 20_000;

export const createSessionHosts = (options: SessionHostsOptions): SessionHosts => {
  const { directory, configuration, readers, writer, machines } = options;
  const hosts = new Map<SessionId, SessionHost>();
  const inTurn = createOneAtATime();
  const endMarked = createEndMarked();
  const findMarked = createFindMarked();
  const dataDirectoryId = dataDirectoryIdOf(directory);
  const limits: SessionLimits = {
    cancelRetryMs: Math.min(defaultRunInput.cancelRetryMs, configuration.interruptDeadlineMs / 2),
    interruptDeadlineMs: configuration.interruptDeadlineMs,
    startDeadlineMs,
    maxStoredTextBytes: configuration.maxStoredTextBytes,
    maxRecapBytes: configuration.maxRecapBytes,
    pauses: { waitsForLimits: configuration.limits.wait, retries: configuration.limits.retries },
  };

  // A ledger has one sender at a time: the session's host while it lives, otherwise whoever has the turn here.
  const record = (id: SessionId, next: LedgerFact): Promise<void> =>
    inTurn(id, async () => {
      const host = hosts.get(id);
      if (host !== undefined) return host.record(next);
      const { ledgerRunKey, ledgerLastSeq } = await readers.handle(id);
      return new Promise<void>((resolve, reject) => {
        const ledger = writer.outbox.openRun(ledgerRunKey, ledgerLastSeq, reject);
        ledger.append(encodeFact(next), () => {
          ledger.close();
          resolve();
        });
      });
    });

  const folderOf = async (id: SessionId): Promise<string> => {
    const session = await readers.handle(id);
    return ensureFolder({
      id,
      state: session.state,
      startsFrom: session.startsFrom,
      taken: session,
      worktrees: options.worktrees,
      worktreesFolder: directory.worktrees,
      record: (next) => record(id, next),
    });
  };

  const open: SessionHosts['open'] = async (id, onFolder) => {
    await options.mayOpen();
    // Looked at for each run: a worktree may have been deleted since the last one.
    const folder = await folderOf(id).catch(async (thrown) => {
      if (!(await options.recover(id, thrown))) throw thrown;
      return folderOf(id);
    });
    const before = await readers.handle(id);
    await options.prepare(id);
    await onFolder();
    // Its agent has been parked or is going: the next host begins when it is gone.
    await hosts.get(id)?.ending();
    const existing = hosts.get(id);
    if (existing !== undefined) return existing;
    const found = findAgent(before.state.agent, { configuration, dataDirectory: directory });
    const trusted = withTrustOf(before.state.repository, found);
    const launch = { ...trusted, environment: { ...trusted.environment, ...options.variablesOf(before) } };
    const mcpServers = mcpServersOf({
      configuration,
      repository: before.state.repository,
      ofSession: before.state.mcpServers,
      environment: process.env,
    });
    return inTurn(id, async () => {
      const mark = markOf(dataDirectoryId, id);
      const host = createSessionHost({
        session: await readers.handle(id),
        folder,
        workingFolder: await folderInside(folder, before.folder),
        launch,
        mcpServers,
        mark,
        findProcesses: () => findMarked(mark),
        endProcesses: (processes) => endProcesses(mark, processes),
        setUp: (signal) => options.setUp(id, signal),
        endStragglers: () => (options.isStopping() ? Promise.resolve() : endMarked(mark)),
        limits,
        parkAfterMs: configuration.parkAfterMinutes * 60_000,
        threads: options.threads,
        readers,
        outbox: writer.outbox,
        log: options.log,
        wire: options.debugWire?.session(id, launch, mcpServers) ?? null,
        onBroken: async (run, error) => {
          await options.onBroken(run.runKey, error);
          options.onRunEnded(id, run.ordinal);
        },
        onPaused: (pause) => options.onPaused(id, before.state.agent, pause),
        onRunEnded: ({ ordinal }) => options.onRunEnded(id, ordinal),
        isWatched: () => machines.isWatched(id),
        onMachineEvents: (machine) => machines.tell(id, machine),
        onClosed: () => {
          if (hosts.get(id) === host) hosts.delete(id);
        },
      });
      hosts.set(id, host);
      return host;
    });
  };

  const endLeftRunning = async (id: SessionId): Promise<number> => {
    const { state } = await readers.handle(id);
    const host = hosts.get(id);
    if (host !== undefined) return host.endLeftRunning();
    // Whoever could not record its end has ended it all the same, or the start of this runtime has.
    if (state.leftRunning > 0) await record(id, fact('left_running_ended', { processes: 0 }, toTimestamp(Date.now())));
    return 0;
  };

  return {
    endLeftRunning,
    get: (id) => hosts.get(id),
    all: () => [...hosts.values()],
    isLive: (id) => (hosts.get(id)?.activeRun() ?? null) !== null,
    open,
    record,
  };
};
