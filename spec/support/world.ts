/**
 * The runtime with its real parts, in a data directory of its own: SQLite, threads, git, and rehearsal agents as child
 * processes. Whatever a test leaves running is ended with the test process.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { ok } from 'uvu/assert';
import type { ScriptBody } from '../../actors/agents/rehearsal/scripts/script-body.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { HistoryEvent } from '../../actors/protocol/facts/events.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { type NewSession, newSession } from '../../actors/protocol/gateway/api.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { makeSampleRepository } from '../../runtime/cli/demo/sample-repository.ts';
import type { Settings } from '../../runtime/data/configuration.ts';
import { type DataDirectory, openDataDirectory } from '../../runtime/data/data-directory.ts';
import type { WallClock } from '../../runtime/limits/wall-clock.ts';
import { openRuntime } from '../../runtime/open-runtime.ts';
import type { Faults, HistoryPlace, Runtime, Started } from '../../runtime/surface.ts';
import { marked } from './marked-processes.ts';
import { killServed } from './served.ts';
import { temporaryFolder } from './temporary.ts';
import { until } from './until.ts';

// The machine's own settings stay out of the tests.
process.env.GIT_CONFIG_GLOBAL = '/dev/null';
process.env.GIT_CONFIG_NOSYSTEM = '1';
process.umask(0o077);

export type LogLine = { readonly level: string; readonly message: string; readonly text: string };

export type OpenRuntime = Runtime & {
  readonly faults: Faults;
  /** What it logged so far. */
  readonly logged: readonly LogLine[];
  readonly gaveUp: readonly ThroughlineError[];
};

export type World = {
  readonly directory: DataDirectory;
  readonly repository: string;
  /**
   * Starts a runtime in this process. It is stopped by the test, or when the suite has ended. A `writerThread` is the one
   * it begins with, for a fault in it; a `clock` is the one that paused sessions go on by.
   */
  readonly open: (settings?: Settings, writerThread?: Worker, clock?: WallClock) => Promise<OpenRuntime>;
  /** A rehearsal script of the test's own, as the name of an agent. */
  readonly script: (name: string, ...turns: ScriptBody['turns']) => string;
  /** Pids of this world's agents and of all that descend from them; those of one session if one is given. */
  readonly agents: (session?: string) => readonly number[];
  /** Stops every runtime that was opened here. */
  readonly close: () => Promise<void>;
};

const worlds = new Set<World>();

/** For a suite's `after`: stops what a test that failed in its middle left running. */
export const closeWorlds = async (): Promise<void> => {
  await killServed();
  await Promise.all([...worlds].map((world) => world.close()));
};

export const createWorld = (name = 'world'): World => {
  const folder = temporaryFolder(name);
  const directory = openDataDirectory(join(folder, 'data'));
  const repository = join(folder, 'greetings');
  makeSampleRepository(repository);
  const opened = new Set<() => Promise<void>>();

  const agents = (session?: string): readonly number[] => marked(directory.root, session);
  // Before the folder is removed, which happens at the exit as well.
  process.prependListener('exit', () => {
    for (const pid of agents()) signal(pid, 'SIGKILL');
  });

  const world: World = {
    directory,
    repository,
    agents,
    open: async (settings = {}, writerThread, clock) => {
      const logged: LogLine[] = [];
      const gaveUp: ThroughlineError[] = [];
      const { runtime, faults, close } = await openRuntime(
        {
          dataDirectory: directory.root,
          settings,
          port: null,
          onLog: (text, level, message) => logged.push({ level, message, text }),
          onGaveUp: (error) => gaveUp.push(error),
        },
        { writerThread, clock },
      );
      opened.add(close);
      return { ...runtime, stop: close, faults, logged, gaveUp };
    },
    script: (scriptName, ...turns) => {
      const path = join(folder, 'scripts', `${scriptName}.json`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify({ name: scriptName, turns }));
      return `rehearsal:${path}`;
    },
    close: async () => {
      await Promise.all([...opened].map((close) => close()));
      opened.clear();
    },
  };
  worlds.add(world);
  return world;
};

/** A request for a session, with what a test does not care about filled in. */
export const request = (world: World, agent: string, more: Partial<NewSession> = {}): NewSession =>
  newSession.parse({
    prompt: 'Do it.',
    repository: world.repository,
    agent: agent.includes(':') ? agent : `rehearsal:${agent}`,
    worktree: false,
    ...more,
  });

export const start = (
  runtime: Pick<Runtime, 'startSession'>,
  world: World,
  agent: string,
  more: Partial<NewSession> = {},
): Promise<Started> => runtime.startSession(request(world, agent, more));

export const rowOf = async (runtime: Pick<Runtime, 'dashboard'>, id: string): Promise<DashboardRow> => {
  const row = (await runtime.dashboard()).rows.find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error(`no session ${id} on the dashboard`);
  return row;
};

/** Waits until a session's run has ended, and gives its row. */
export const ended = (runtime: Pick<Runtime, 'dashboard'>, id: string): Promise<DashboardRow> =>
  until(`the run of ${id} has ended`, async () => {
    const row = await rowOf(runtime, id);
    return row.activeRunId === null && row;
  });

/** A session's whole history, page by page. */
export const historyOf = async (
  runtime: Pick<Runtime, 'history'>,
  id: string,
  pageLength = 1_000,
): Promise<readonly HistoryEvent[]> => {
  const events: HistoryEvent[] = [];
  let after: HistoryPlace | null = null;
  do {
    const page: Awaited<ReturnType<Runtime['history']>> = await runtime.history(id as SessionId, after, pageLength);
    events.push(...page.events);
    after = page.next;
  } while (after !== null);
  return events;
};

/** Waits until an event of a session fits. */
export const happened = (
  runtime: Pick<Runtime, 'history'>,
  id: string,
  what: string,
  fits: (event: HistoryEvent) => boolean,
): Promise<HistoryEvent> => until(what, async () => (await historyOf(runtime, id)).find(fits));

/** Waits until the agent of a session has said something. */
export const spoke = (runtime: Pick<Runtime, 'history'>, id: string, run = 1): Promise<HistoryEvent> =>
  happened(runtime, id, 'the agent speaks', (event) => event.type === 'message' && event.run === run);

/** All that a session's agent said in a run, joined. */
export const saidIn = (events: readonly HistoryEvent[], run?: number): string =>
  events
    .filter((event) => event.type === 'message' && (run === undefined || event.run === run))
    .map((event) => field(event, 'text'))
    .join('');

/** A field of an event's payload; undefined where it has none. */
export const field = (event: HistoryEvent | undefined, name: string): unknown =>
  typeof event?.payload === 'object' && event.payload !== null
    ? (event.payload as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** The statuses that a session's log says, in order, as `RUN STATUS`. */
export const statusesOf = (events: readonly HistoryEvent[]): readonly string[] =>
  events.filter((event) => event.type === 'status').map((event) => `${event.run} ${String(field(event, 'status'))}`);

/** Runs whose log does not hold exactly one terminal status, or holds one that is not the last. */
export const runsWithoutOneEnd = (events: readonly HistoryEvent[]): readonly number[] => {
  const runs = new Set(events.filter((event) => event.run > 0).map((event) => event.run));
  return [...runs].filter((run) => {
    const terminal = events.filter(
      (event) =>
        event.run === run &&
        event.type === 'status' &&
        ['completed', 'interrupted', 'failed'].includes(String(field(event, 'status'))),
    );
    return terminal.length !== 1;
  });
};

/** Fails unless a history is in the order of (run, seq) with neither gap nor double, and its positions are unique. */
export const assertInOrder = (events: readonly HistoryEvent[]): void => {
  let run = 0;
  let seq = 0;
  for (const event of events) {
    if (event.run === run) ok(event.seq === seq + 1, `run ${run}: seq ${event.seq} follows ${seq}`);
    else ok(event.run === run + 1 && event.seq === 1, `run ${event.run} seq ${event.seq} follows ${run}:${seq}`);
    ({ run, seq } = event);
  }
  ok(new Set(events.map((event) => event.position)).size === events.length, 'a position is there twice');
};

/** The error that is raised; fails when none is, or one that is not ours. */
export const errorOf = async (body: Promise<unknown>): Promise<ThroughlineError> => {
  try {
    await body;
  } catch (thrown) {
    if (thrown instanceof ThroughlineError) return thrown;
    throw thrown;
  }
  throw new Error('it should have been refused');
};

export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
};

/** Waits until none of these processes lives. */
export const gone = (what: string, pids: () => readonly number[]): Promise<true> =>
  until(`${what} are gone`, () => pids().length === 0);

/** Plain git in a folder. */
export const git = (cwd: string, ...words: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...words], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trimEnd();

/** For the rare test of something that must not happen: a little time in which it could. */
export const aWhile = (milliseconds: number): Promise<void> => delay(milliseconds);
