/** What each route does: its parsed request to the runtime, and the runtime's answer back. */
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { ClientCounts, SystemSample } from '../../../actors/protocol/gateway/actor-system.ts';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { HistoryPlace, Runtime } from '../../surface.ts';
import type { Access } from '../access/access.ts';
import { checkHandlers } from './check-handlers.ts';
import type { Handlers } from './handler.ts';
import { landingHandlers } from './landing-handlers.ts';
import { limitHandlers } from './limit-handlers.ts';
import { queueHandlers } from './queue-handlers.ts';
import { reviewHandlers } from './review-handlers.ts';

export type HandlerSurroundings = {
  readonly runtime: Runtime;
  readonly access: Access;
  /** Asks every page of the window of our own to come to the front, and gives how many there are. */
  readonly raiseWindow: () => number;
  readonly version: string;
  readonly clients: () => ClientCounts;
  /** Called after somebody asked for the runtime's end and was answered. */
  readonly onStopRequested: () => void;
};

export const createHandlers = ({
  runtime,
  access,
  raiseWindow,
  version,
  clients,
  onStopRequested,
}: HandlerSurroundings): Handlers => ({
  health: () => ({
    ok: true,
    pid: process.pid,
    version,
    position: runtime.head(),
    readOnly: runtime.readOnly()?.toPlain() ?? null,
  }),
  dashboard: () => runtime.dashboard(),
  session: ({ parameters }) => runtime.session(parameters.id),
  history: ({ parameters, query }) => {
    const id = parameters.id;
    return query.before === undefined
      ? historyAfter(runtime, id, query.after, query.limit)
      : historyBefore(runtime, id, query.before, query.limit);
  },
  find: ({ parameters, query }) =>
    runtime.find(parameters.id, {
      types: query.type.split(','),
      from: query.after ?? null,
      direction: query.direction,
    }),
  changes: ({ parameters }) => runtime.changes(parameters.id),
  diff: ({ parameters }) => runtime.diff(parameters.id),
  files: async ({ parameters, query }) => ({ files: [...(await runtime.files(parameters.id, query.query))] }),
  search: ({ query }) => runtime.search(query),
  repositories: () => runtime.repositories(),
  work: ({ parameters }) => runtime.work(parameters.id),
  restore: ({ parameters, body }) => runtime.restore(parameters.id, body),
  previewRestore: ({ parameters, body }) => runtime.previewRestore(parameters.id, body),
  stage: async ({ parameters, body }) => ({ ...done, paths: [...(await runtime.stage(parameters.id, body))] }),
  discarded: () => runtime.discarded(),
  verifySnapshots: () => runtime.verifySnapshots(),
  restoreDiscarded: ({ parameters, body }) => runtime.restoreDiscarded(parameters.name, body),
  deleteDiscarded: async ({ parameters }) => {
    await runtime.deleteDiscarded(parameters.name);
    return done;
  },
  folders: ({ query }) => runtime.folders(query.path),
  repository: ({ query }) => runtime.repository(query.path),
  openWorktree: async ({ parameters }) => {
    await runtime.openWorktree(parameters.id);
    return done;
  },
  ticket: () => access.issueTicket(),
  ticketState: ({ parameters }) => ({ state: access.ticketState(parameters.id) }),
  raiseWindow: () => ({ windows: raiseWindow() }),
  reconnectKey: () => access.reconnectKey(),
  reconnect: async ({ body: { answer, ...page } }, { host }) => {
    if (answer === undefined) return { kind: 'challenge', ...(await access.challenge(page)) };
    const welcome = await access.reconnect(page, answer, host);
    runtime.windowMemory.rememberAll(answer.unsaved);
    return { kind: 'welcome', ...welcome };
  },
  recall: () => runtime.windowMemory.recall(),
  remember: ({ parameters, body }) => {
    runtime.windowMemory.remember(parameters.name, body.value);
    return done;
  },
  agents: async () => ({ agents: [...(await runtime.agents())] }),
  agentOptions: ({ parameters }) => runtime.agentOptions(parameters.name),
  actors: async () => ({ ...(await nextSample(runtime)), clients: clients() }),
  usage: ({ query }) => runtime.usage(query),
  verify: () => runtime.verify(),
  steps: ({ parameters, query }) => runtime.steps(parameters, query),
  overview: ({ parameters, query }) => runtime.overview(parameters, query.after),
  whatIf: ({ parameters, body }) => runtime.whatIf(parameters, body),
  startSession: ({ body }) => runtime.startSession(body),
  prompt: ({ parameters, body }) => runtime.prompt(parameters.id, body.prompt, body.parts),
  resume: ({ parameters, body }) => runtime.resume(parameters.id, body.prompt, body.parts),
  interrupt: async ({ parameters }) => {
    await runtime.interrupt(parameters.id);
    return done;
  },
  endLeftRunning: async ({ parameters }) => ({ ...done, ...(await runtime.endLeftRunning(parameters.id)) }),
  decide: async ({ parameters, body }) => {
    await runtime.decide(parameters.id, parameters.approvalId, body);
    return done;
  },
  chooseOption: async ({ parameters, body }) => {
    await runtime.chooseOption(parameters.id, body);
    return done;
  },
  archive: async ({ parameters, body }) => {
    await runtime.archive(parameters.id, body.archived);
    return done;
  },
  rename: async ({ parameters, body }) => {
    await runtime.rename(parameters.id, body.name);
    return done;
  },
  remove: async ({ parameters, query }) => {
    const removed = await runtime.remove(parameters.id, {
      force: query.force === 'true',
      conversation: query.conversation === 'true',
    });
    return { ok: true, ...removed };
  },
  ...landingHandlers(runtime),
  ...checkHandlers(runtime),
  ...queueHandlers(runtime),
  ...limitHandlers(runtime),
  ...reviewHandlers(runtime),
  blame: ({ query }) => runtime.blame(query),
  bisect: async ({ parameters, body }) => ({ snapshots: [...(await runtime.bisect(parameters.id, body)).snapshots] }),
  cancelBisect: async ({ parameters }) => {
    await runtime.cancelBisect(parameters.id);
    return done;
  },
  push: ({ parameters, body }) => runtime.push(parameters.id, body),
  pullRequest: ({ parameters }) => runtime.pullRequest(parameters.id),
  openPullRequest: ({ parameters, body }) => runtime.openPullRequest(parameters.id, body),
  sendPullRequest: ({ parameters, body }) => runtime.sendPullRequest(parameters.id, body.feedback),
  takeUpSettings: async () => {
    const { taken, restart } = runtime.takeUpSettings();
    return { taken: [...taken], restart: [...restart] };
  },
  stop: () => {
    setImmediate(onStopRequested);
    return done;
  },
});

const done = { ok: true } as const;

const nextSample = (runtime: Runtime): Promise<SystemSample> =>
  new Promise((resolve) => {
    const end = runtime.watchActors((sample) => {
      end();
      resolve(sample);
    });
  });

type HistoryAnswer = Promise<RouteAnswer<'history'>>;

const historyAfter = async (
  runtime: Runtime,
  id: SessionId,
  after: HistoryPlace | undefined,
  limit: number,
): HistoryAnswer => {
  const { events, next } = await runtime.history(id, after ?? null, limit);
  const [first] = events;
  // The ledger's first event is the first of every history.
  const isBeginning = first === undefined || (first.run === 0 && first.seq === 1);
  return { events: [...events], next: cursorOf(next), previous: isBeginning ? null : cursorOf(first) };
};

const historyBefore = async (
  runtime: Runtime,
  id: SessionId,
  before: HistoryPlace | 'end',
  limit: number,
): HistoryAnswer => {
  const place = before === 'end' ? null : before;
  const { events, previous } = await runtime.historyBefore(id, place, limit);
  return {
    events: [...events],
    next: place === null ? null : cursorOf(events.at(-1) ?? null),
    previous: cursorOf(previous),
  };
};

const cursorOf = (place: HistoryPlace | null): string | null => (place === null ? null : `${place.run}:${place.seq}`);
