import { counted } from '../../../actors/protocol/facts/counted.ts';
import { dashboardStatus } from '../../../actors/protocol/facts/status.ts';
import type { ActorSystemSample, Restarts, SessionActorSample } from '../../../actors/protocol/gateway/actor-system.ts';
import type { Colours } from '../invocation/terminal.ts';
import { truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { statusMark } from './status-mark.ts';
import { table } from './table.ts';

const header = ['ACTOR', 'WHERE', 'BUSY', 'MEMORY', 'AT WORK'];
const maxNameColumns = 32;
const shownSessions = 40;
const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const shownCommits = 32;

type Row = readonly [actor: string, where: string, busy: string, memory: string, work: string];

/** The actor system as a tree: the main thread, below it the threads it started, and in those the session actors. */
export const actorTable = (
  sample: ActorSystemSample,
  nameById: ReadonlyMap<string, string>,
  colours: Colours,
): string => {
  const rows: readonly Row[] = [
    mainRow(sample),
    ...writerRows(sample, colours),
    ...sessionRows(sample, nameById, colours),
    ...readerRows(sample),
    searchRow(sample, colours),
  ];
  return table([
    header.map((word) => colours.dim(word)),
    ...rows.map(([actor, ...rest]) => [colours.bold(actor), ...rest]),
  ]);
};

const mainRow = ({ main, position, clients }: ActorSystemSample): Row => [
  'main',
  `pid ${main.pid}`,
  percent(main.utilisation),
  memory(main.memoryBytes),
  words(
    `position ${position.toLocaleString('en')}`,
    `timers ${ms(main.delayMs.p50)} late, p99 ${ms(main.delayMs.p99)}`,
    `${counted(clients.dashboards, 'dashboard')}, ${counted(clients.tails, 'tail')} and ${clients.actors} here`,
  ),
];

const writerRows = ({ writer }: ActorSystemSample, colours: Colours): readonly Row[] => {
  const { thread, restarts, eventsPerSecond } = writer;
  if (thread === null) return [['├ writer', '', '', '', words(colours.red('is being started again'), again(restarts))]];
  const { waiting, commits, paused } = thread;
  const first: Row = [
    '├ writer',
    `thread ${thread.threadId}`,
    percent(thread.utilisation),
    memory(thread.heapUsedBytes),
    words(
      silence(thread.silentMs, colours),
      paused ? colours.red('the disk refuses writes') : '',
      `${eventsPerSecond.toLocaleString('en')} events/s`,
      waiting.requests === 0 ? 'nothing waits' : `${counted(waiting.requests, 'request')} with ${waiting.events} wait`,
      `${counted(commits.count, 'commit')} of ${counted(commits.events, 'event')}`,
      again(restarts),
    ),
  ];
  if (commits.spread === null) return [first];
  const { events, durationMs } = commits.spread;
  const last = commits.last.slice(-shownCommits);
  return [
    first,
    commitRow('│   events a commit', sparkline(last.map(([size]) => size)), [events.p50, events.p99, events.largest]),
    commitRow('│   time a commit', sparkline(last.map(([, took]) => took)), [
      ms(durationMs.p50),
      ms(durationMs.p99),
      ms(durationMs.largest),
    ]),
  ];
};

const commitRow = (
  what: string,
  line: string,
  [p50, p99, largest]: readonly [number | string, number | string, number | string],
): Row => [what, '', '', '', `${line}  p50 ${p50} · p99 ${p99} · most ${largest}`];

const sessionRows = (
  { sessions, agents }: ActorSystemSample,
  nameById: ReadonlyMap<string, string>,
  colours: Colours,
): readonly Row[] => {
  const agentBySession = new Map(agents.map((agent) => [agent.sessionId, agent]));
  if (sessions.threads.length === 0)
    return [['├ sessions', '', '', '', words('no thread yet', again(sessions.restarts))]];
  return sessions.threads.flatMap((thread, index) => {
    const { outbox } = thread;
    const shown = thread.sessions.slice(0, shownSessions);
    const left = thread.sessionCount - shown.length;
    const own: Row = [
      '├ sessions',
      `thread ${thread.threadId}`,
      percent(thread.utilisation),
      memory(thread.heapUsedBytes),
      words(
        silence(thread.silentMs, colours),
        counted(thread.sessionCount, 'session'),
        `${thread.eventsPerSecond.toLocaleString('en')} events/s`,
        outbox.inFlight + outbox.waiting === 0 ? '' : `${outbox.inFlight} on their way, ${outbox.waiting} wait`,
        index === 0 ? again(sessions.restarts) : '',
      ),
    ];
    const chips = shown.map((session): Row => {
      const agent = agentBySession.get(session.sessionId);
      return [
        `│   ${truncate(sanitiseLine(nameById.get(session.sessionId) ?? session.sessionId), maxNameColumns)}`,
        agent === undefined ? 'no agent' : `pid ${agent.pid}`,
        '',
        agent === undefined || agent.memoryBytes === null ? '' : memory(agent.memoryBytes),
        sessionWords(session, colours),
      ];
    });
    return left === 0 ? [own, ...chips] : [own, ...chips, [`│   … ${left} more`, '', '', '', ''] satisfies Row];
  });
};

const sessionWords = ({ status, run, openApprovals, pending }: SessionActorSample, colours: Colours): string =>
  words(
    status === null ? 'no run yet' : statusMark(dashboardStatus(status), colours),
    run === 0 ? '' : `run ${run}`,
    openApprovals === 0 ? '' : colours.yellow(`waits for ${counted(openApprovals, 'approval')}`),
    pending === 0 ? '' : `${counted(pending, 'event')} not durable yet`,
  );

const readerRows = ({ readers }: ActorSystemSample): readonly Row[] => {
  if (readers.threads.length === 0) return [['├ readers', '', '', '', 'no thread: nobody reads']];
  const work = words(
    `${readers.answersPerSecond.toLocaleString('en')} answers/s`,
    readers.waiting === 0 ? '' : `${readers.waiting} wait for a thread`,
  );
  return readers.threads.map(({ threadId, utilisation }, index) => [
    index === 0 ? '├ readers' : '├',
    `thread ${threadId}`,
    percent(utilisation),
    '',
    index === 0 ? work : '',
  ]);
};

const searchRow = ({ search, position }: ActorSystemSample, colours: Colours): Row => {
  const { thread, restarts } = search;
  if (thread === null) return ['└ search', '', '', '', words('not started', again(restarts))];
  const behind = Math.max(0, position - thread.indexedUpTo);
  return [
    '└ search',
    `thread ${thread.threadId}`,
    percent(thread.utilisation),
    '',
    words(
      silence(thread.silentMs, colours),
      behind === 0 ? 'has read the whole log' : `${counted(behind, 'event')} behind the log`,
      again(restarts),
    ),
  ];
};

const words = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ');

const again = ({ total, used, budget, withinMs }: Restarts): string =>
  total === 0 ? '' : `${counted(total, 'restart')} (${used} of ${budget} within ${Math.round(withinMs / 1_000)} s)`;

const silence = (silentMs: number, colours: Colours): string =>
  silentMs === 0 ? '' : colours.yellow(`does not answer for ${ms(silentMs)}`);

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const memory = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;

const ms = (milliseconds: number): string =>
  milliseconds < 1_000
    ? `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`
    : `${(milliseconds / 1_000).toFixed(1)} s`;

/** A bar for each value, the largest the highest. */
const sparkline = (values: readonly number[]): string => {
  const largest = Math.max(...values, Number.MIN_VALUE);
  return values.map((value) => bars[Math.round((value / largest) * (bars.length - 1))] ?? '').join('');
};
