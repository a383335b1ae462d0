/** A gateway over a small runtime in memory, and clients that can say what no well-behaved one would. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import WebSocket from 'ws';
import { standingOf } from '../../../actors/model/inspection/replay.ts';
import { beginningOfRun } from '../../../actors/model/run/fold-run.ts';
import { noSessionWork } from '../../../actors/model/work/session-work.ts';
import { shownOf } from '../../../actors/model/work/work-summary.ts';
import type {
  ApprovalId,
  CommandId,
  Position,
  RunId,
  SessionId,
  SessionKey,
} from '../../../actors/protocol/facts/ids.ts';
import { noWork } from '../../../actors/protocol/facts/work-summary.ts';
import type { SystemSample } from '../../../actors/protocol/gateway/actor-system.ts';
import type { TailMessage } from '../../../actors/protocol/gateway/api.ts';
import type { RepositorySetupAnswer } from '../../../actors/protocol/gateway/check-routes.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { openLog } from '../../../runtime/data/log.ts';
import { openWindowMemory } from '../../../runtime/data/window-memory.ts';
import type { GatewayLimits } from '../../../runtime/gateway/access/limits.ts';
import { type Gateway, startGateway } from '../../../runtime/gateway/start-gateway.ts';
import type { Runtime, TailEvent } from '../../../runtime/surface.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { memoryLanding } from './memory-landing.ts';
import { memoryReview } from './memory-review.ts';

export const token = 'qP3vXJ0yR6c1mZ8tWkLh2nBdUeFgSaOi4x7-_9QrTYw';
export const sessionId = '01890a5d-ac96-774b-bcce-b302099a8057' as SessionId;
export const otherSessionId = '01890a5d-ac96-774b-bcce-b302099a8058' as SessionId;
export const approvalId = '01890a5d-ac96-774b-bcce-b302099a8059' as ApprovalId;
export const commandId = '01890a5d-ac96-774b-bcce-b302099a8061' as CommandId;
const noUsage = {
  turns: 0,
  input: 0,
  output: 0,
  cachedRead: 0,
  cachedWrite: 0,
  thought: 0,
  reported: [],
  estimated: null,
  unpriced: 0,
};

const runId = '01890a5d-ac96-774b-bcce-b302099a8060' as RunId;

export const row: DashboardRow = {
  id: sessionId,
  name: 'first',
  agent: 'rehearsal',
  repository: '/repository',
  status: 'Running',
  activity: 'working',
  createdAt: 1,
  lastActivityAt: 2,
  failureReason: null,
  worktree: { path: null, branch: null, base: null },
  runCount: 1,
  resumeCount: 0,
  activeRunId: runId,
  pendingApprovals: 0,
  approvalIds: [],
  usage: { used: null, size: null, cost: null },
  restored: false,
  restoredAt: null,
  live: true,
  waitingFor: null,
  waitingUntil: null,
  queued: 0,
  recoveryHint: null,
  conversation: null,
  asks: null,
  stopReason: null,
  failureKind: null,
  agentTitle: null,
  leftRunning: 0,
  work: shownOf(noWork),
};

const tree = 'a'.repeat(40);
const noSetup: RepositorySetupAnswer = {
  repository: '/repository',
  standing: 'none',
  hash: null,
  texts: [],
  errors: [],
  offered: null,
  inUse: null,
  approvalsAgreed: false,
  before: null,
  copies: null,
  uncommitted: false,
  ownFile: '/data/repositories/own.json',
};

const restarts = { total: 0, used: 0, budget: 3, withinMs: 60_000 };

/** A sample of a system in which nothing happens. */
export const quietSystem: SystemSample = {
  number: 1,
  at: 1,
  sinceMs: 250,
  position: 0,
  main: { pid: 1, utilisation: 0, delayMs: { p50: 0, p99: 0, largest: 0 }, heapUsedBytes: 1, memoryBytes: 1 },
  writer: { thread: null, eventsPerSecond: 0, restarts },
  sessions: { threads: [], restarts },
  readers: { threads: [], waiting: 0, answersPerSecond: 0 },
  search: { thread: null, restarts },
  agents: [],
  agentCount: 0,
};

/** A runtime that keeps its events in an array and notes which commands reached it. */
export type MemoryRuntime = Runtime & {
  readonly events: TailEvent[];
  readonly calls: unknown[][];
  readonly listeners: Set<Parameters<Runtime['onCommitted']>[0]>;
  /** Pages that were read. */
  readonly pages: { count: number; longest: number; from: number };
  readonly commit: (count: number, options?: { session?: SessionId; payload?: unknown }) => void;
};

const pushed = {
  remote: 'origin',
  address: 'https://github.com/ada/shop.git',
  branch: 'throughline/first',
  commit: '1'.repeat(40),
  outcome: 'made',
  hookSkipped: false,
  uncommitted: 0,
} as const;

const pullRequest = {
  repository: 'github.com/ada/shop',
  pullRequest: null,
  draft: { title: 'A request', body: '', base: 'main', head: 'throughline/first' },
  feedback: [],
  feedbackLeftOut: 0,
};

const standing = standingOf(beginningOfRun());

const sessionKeyOf = (session: SessionId): SessionKey => (session === sessionId ? 1 : 2) as SessionKey;

export const memoryRuntime = (changes: Partial<Runtime> = {}): MemoryRuntime => {
  const events: TailEvent[] = [];
  const calls: unknown[][] = [];
  const listeners = new Set<Parameters<Runtime['onCommitted']>[0]>();
  const pages = { count: 0, longest: 0, from: 0 };
  const head = (): Position => events.length as Position;
  const note = <Answer>(answer: Answer, ...call: unknown[]): Promise<Answer> => {
    calls.push(call);
    return Promise.resolve(answer);
  };
  const started = { id: sessionId, runId, run: 1 };
  return {
    windowMemory: openWindowMemory({ root: temporaryFolder('memory') }, openLog({ path: null })),
    events,
    calls,
    listeners,
    pages,
    commit: (count, { session = sessionId, payload = {} } = {}) => {
      for (let index = 0; index < count; index += 1) {
        const position = events.length + 1;
        const place = { position, runId, run: 1, seq: position, occurredAt: 1, recordedAt: 1 };
        events.push({ sessionId: session, event: { ...place, type: 'message', payload } });
      }
      for (const listener of listeners) listener(head(), count === 0 ? [] : [sessionKeyOf(session)]);
    },
    startSession: (request) => note(started, 'startSession', request),
    prompt: (...call) => note(started, 'prompt', ...call),
    resume: (...call) => note(started, 'resume', ...call),
    interrupt: (...call) => note(undefined, 'interrupt', ...call),
    endLeftRunning: (...call) => note({ processes: 2 }, 'endLeftRunning', ...call),
    decide: (...call) => note(undefined, 'decide', ...call),
    chooseOption: (...call) => note(undefined, 'chooseOption', ...call),
    rename: (...call) => note(undefined, 'rename', ...call),
    archive: (...call) => note(undefined, 'archive', ...call),
    remove: (...call) => note({ parkedRef: null }, 'remove', ...call),
    blame: (...call) => note({ root: '/repository', path: 'a.ts', lines: 3, text: '', blocks: [] }, 'blame', ...call),
    bisect: (...call) => note({ snapshots: [1, 2] }, 'bisect', ...call),
    cancelBisect: (...call) => note(undefined, 'cancelBisect', ...call),
    push: (...call) => note(pushed, 'push', ...call),
    pullRequest: (...call) => note(pullRequest, 'pullRequest', ...call),
    openPullRequest: (...call) => note(pullRequest, 'openPullRequest', ...call),
    sendPullRequest: (...call) => note({ run: 2, feedback: 1 }, 'sendPullRequest', ...call),
    dashboard: () => Promise.resolve({ version: head(), rows: [row] }),
    session: () =>
      Promise.resolve({
        ...row,
        approvals: [],
        approvalPolicy: 'ask',
        mode: null,
        options: [],
        choices: {},
        commands: [],
        mcpServers: [],
        additionalDirectories: [],
        runs: [],
      }),
    history: (...call) => note({ events: [], next: { run: 2, seq: 41 } }, 'history', ...call),
    historyBefore: (...call) => note({ events: [], previous: { run: 1, seq: 7 } }, 'historyBefore', ...call),
    find: (...call) => note({ run: 2, seq: 5 }, 'find', ...call),
    dashboardRows: () => Promise.resolve({ rows: [row], gone: [] }),
    agentOptions: (...call) => note({ options: [], choices: {} }, 'agentOptions', ...call),
    work: () => Promise.resolve(noSessionWork),
    takeUpSettings: () => {
      calls.push(['takeUpSettings']);
      return { taken: ['agents'], restart: [] };
    },
    queuePrompt: (...call) => note({ queued: false, ...started }, 'queuePrompt', ...call),
    queue: () => Promise.resolve({ prompts: [], holds: null }),
    changeQueued: (...call) => note(undefined, 'changeQueued', ...call),
    withdrawQueued: (...call) => note(undefined, 'withdrawQueued', ...call),
    pause: (...call) => note(undefined, 'pause', ...call),
    continue: (...call) => note(undefined, 'continue', ...call),
    sendQueued: (...call) => note(started, 'sendQueued', ...call),
    ...memoryLanding(sessionId, note),
    restore: (...call) => note({ kept: 3, files: 1, tree, stays: [], discarded: null }, 'restore', ...call),
    previewRestore: (...call) =>
      note({ to: 2, tree, kept: 3, files: [], filesLeftOut: 0, stays: [], staysLeftOut: 0 }, 'previewRestore', ...call),
    stage: (...call) => note(['a/b.ts'], 'stage', ...call),
    discarded: () => note({ discarded: [], days: 30 }, 'discarded'),
    verifySnapshots: () =>
      note({ ok: true, snapshots: 0, code: null, gone: [], goneLeftOut: 0, away: [] }, 'verifySnapshots'),
    restoreDiscarded: (...call) => note({ branch: 'restored', commit: tree }, 'restoreDiscarded', ...call),
    deleteDiscarded: (...call) => note(undefined, 'deleteDiscarded', ...call),
    checks: (...call) => note({ setup: noSetup, running: [] }, 'checks', ...call),
    runChecks: (...call) => note({ checks: [{ name: 'tests', commandId }] }, 'runChecks', ...call),
    cancelCheck: (...call) => note(undefined, 'cancelCheck', ...call),
    sendCheck: (...call) => note(started, 'sendCheck', ...call),
    repositorySetup: (...call) => note(noSetup, 'repositorySetup', ...call),
    agreeToSetup: (...call) => note(undefined, 'agreeToSetup', ...call),
    repositories: () => note({ repositories: [] }, 'repositories'),
    changes: (...call) =>
      note(
        { dirty: false, uncommitted: [], files: [], ahead: 0, behind: 0, branch: 'one', cut: false },
        'changes',
        ...call,
      ),
    openWorktree: (...call) => note(undefined, 'openWorktree', ...call),
    diff: (...call) => note({ text: '', cut: false }, 'diff', ...call),
    files: (...call) => note([], 'files', ...call),
    folders: (...call) => note({ folders: [] }, 'folders', ...call),
    repository: (...call) =>
      note({ root: '/repository', headBranch: 'main', branches: ['main'] }, 'repository', ...call),
    search: (...call) => note({ hits: [], next: null, indexedUpTo: 0 }, 'search', ...call),
    eventsAfter: (position, { session, limit }) => {
      const found = events
        .slice(position)
        .filter((event) => session === undefined || event.sessionId === session)
        .slice(0, limit);
      pages.count += 1;
      pages.from = position;
      pages.longest = Math.max(pages.longest, found.length);
      const last = found.length === limit ? found.at(-1)?.event.position : undefined;
      return Promise.resolve({
        events: found,
        upTo: (last ?? head()) as Position,
        sessionKey: session === undefined ? null : sessionKeyOf(session),
      });
    },
    steps: (...call) => note({ run: 1, lastSeq: 0, before: standing, steps: [] }, 'steps', ...call),
    overview: (...call) => note({ run: 1, runId, lastSeq: 0, upTo: 0, stays: [], marks: [] }, 'overview', ...call),
    whatIf: (...call) => note({ before: standing, steps: [] }, 'whatIf', ...call),
    usage: (...call) => note({ pricesOf: '2026-11-30', totals: noUsage, rows: [], leftOut: 0 }, 'usage', ...call),
    verify: () => Promise.resolve({ ok: true, events: events.length, sessions: 1, lost: 0 }),
    readOnly: () => null,
    agents: () => Promise.resolve([]),
    watchMachine: () => () => {},
    watchActors: (listener) => {
      const timer = setTimeout(() => listener(quietSystem));
      return () => clearTimeout(timer);
    },
    head,
    onCommitted: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => Promise.resolve(),
    ...memoryReview(note),
    ...changes,
  };
};

export type World = Gateway & {
  readonly runtime: MemoryRuntime;
  readonly logged: string[];
  readonly stopRequests: () => number;
};

export const openWorld = async (
  options: { runtime?: Partial<Runtime>; limits?: Partial<GatewayLimits>; windowFolders?: readonly string[] } = {},
): Promise<World> => {
  const runtime = memoryRuntime(options.runtime);
  const logged: string[] = [];
  let stopRequests = 0;
  const gateway = await startGateway({
    runtime,
    token,
    version: '1.2.3',
    log: openLog({ path: null, pretty: (line) => logged.push(line), secrets: [token] }),
    onStopRequested: () => {
      stopRequests += 1;
    },
    ...(options.limits && { limits: options.limits }),
    ...(options.windowFolders && { windowFolders: options.windowFolders }),
  });
  return { ...gateway, runtime, logged, stopRequests: () => stopRequests };
};

/** Runs `body` with a gateway of its own, and closes that in any case. */
export const withWorld =
  (body: (world: World) => Promise<void>, options: Parameters<typeof openWorld>[0] = {}) =>
  async (): Promise<void> => {
    const world = await openWorld(options);
    try {
      await body(world);
    } finally {
      await world.close();
    }
  };

export type RawAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body's `code`, where it is a problem. */
  readonly code: string | undefined;
};

export const openSocket = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
};

/** Waits for a socket's end, whether that comes with an error (it was cut off while it sent) or without one. */
export const closeOf = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });

/** Sends bytes as they are and gives what comes back until the other side ends. */
export const rawExchange = async (port: number, text: string | Buffer): Promise<RawAnswer> => {
  const socket = await openSocket(port);
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('utf8');
  });
  socket.write(text);
  await closeOf(socket);
  return parseAnswer(answer);
};

const parseAnswer = (answer: string): RawAnswer => {
  const end = answer.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = answer.slice(0, Math.max(end, 0)).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = end === -1 ? '' : answer.slice(end + 4);
  let code: string | undefined;
  if (headers['content-type']?.startsWith('application/problem+json')) {
    code = (JSON.parse(body) as { code: string }).code;
  }
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, body, code };
};

/** A request's text; headers given as undefined are left out, and the rest stand in the order given. */
export const requestText = (
  world: { readonly port: number },
  options: {
    readonly line?: string;
    readonly host?: string | undefined;
    readonly authorization?: string | undefined;
    readonly more?: readonly string[];
    readonly body?: string;
  } = {},
): string => {
  const { line = 'GET /api/health HTTP/1.1', more = [], body = '' } = options;
  const host = 'host' in options ? options.host : `127.0.0.1:${world.port}`;
  const authorization = 'authorization' in options ? options.authorization : `Bearer ${token}`;
  return [
    line,
    ...(host === undefined ? [] : [`Host: ${host}`]),
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    'Connection: close',
    ...more,
    '',
    body,
  ].join('\r\n');
};

/** The same request as a WebSocket upgrade. */
export const upgradeText = (
  world: { readonly port: number },
  options: Parameters<typeof requestText>[1] = {},
): string =>
  requestText(world, { line: 'GET /api/events HTTP/1.1', ...options })
    .replace('Connection: close\r\n', '')
    .replace(
      '\r\n\r\n',
      '\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );

/** A request with the token, as the command line sends it. */
export const ask = (
  world: { readonly url: string },
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(`${world.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

export type TailClient = { readonly socket: WebSocket; readonly messages: TailMessage[] };

/** Opens the event tail; `query` begins with a question mark. */
export const openTail = (world: { readonly port: number }, query = ''): TailClient => {
  const socket = new WebSocket(`ws://127.0.0.1:${world.port}/api/events${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const messages: TailMessage[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as TailMessage));
  return { socket, messages };
};
