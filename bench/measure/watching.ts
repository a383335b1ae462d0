/** What it costs a session that somebody watches the actor system and its machine live. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { HistoryEvent } from '../../actors/protocol/facts/events.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { actorsLive, actorsMessage } from '../../actors/protocol/gateway/actor-system.ts';
import { socketFrames } from '../../runtime/client/socket-frames.ts';
import { openDataDirectory } from '../../runtime/data/data-directory.ts';
import { type Served, serve } from '../../spec/support/served.ts';
import { type Measure, times } from '../bench.ts';
import { figure } from '../figure.ts';
import { ratios } from '../statistics.ts';

/** Nearly all that a session does then is heard by its machine, which is the worst case: text passes it by. */
const toolCalls = 1_500;
const pollMs = 100;

type Run = {
  readonly elapsedMs: number;
  readonly events: number;
  readonly machineEvents: number;
  /** What the runtime's process worked meanwhile. */
  readonly workedMs: number;
};

export const measureWatching: Measure = async (bench) => {
  const folder = bench.folder('watching');
  const repository = join(folder, 'worked-on');
  mkdirSync(repository);
  writeFileSync(join(repository, 'read.txt'), 'What is read.\n');
  const script = join(folder, 'reading.json');
  const steps = Array.from({ length: toolCalls }, () => ({ do: 'read', path: 'read.txt' }));
  writeFileSync(script, JSON.stringify({ name: 'reading', turns: [{ steps }] }));

  const served = await serve(openDataDirectory(join(folder, 'data')));
  const once = async (watched: boolean): Promise<Run> => {
    const { id } = await served.startSession({
      prompt: 'Read it.',
      repository,
      agent: `rehearsal:${script}`,
      approvals: 'allow',
      worktree: false,
    });
    const ending = new AbortController();
    const workedBefore = workedMs(served.pid);
    // Begun before the agent's process has loaded.
    const watching = watched ? watch(served, id, ending.signal) : Promise.resolve(0);
    while ((await served.session(id)).activeRunId !== null) await pause(pollMs);
    ending.abort();
    const worked = workedMs(served.pid) - workedBefore;
    return { ...(await timed(served, id)), machineEvents: await watching, workedMs: worked };
  };

  try {
    await once(false); // the first session starts the threads
    const alone: Run[] = [];
    const watched: Run[] = [];
    for (const pair of times(bench.pairs)) {
      bench.say(`watching: pair ${pair + 1} of ${bench.pairs}`);
      // Each goes first in turn.
      if (pair % 2 === 0) alone.push(await once(false));
      watched.push(await once(true));
      if (pair % 2 === 1) alone.push(await once(false));
    }
    if (watched.some(({ machineEvents }) => machineEvents < toolCalls)) throw new Error('the machine was not watched');
    const rate = ({ events, elapsedMs }: Run): number => (events / elapsedMs) * 1_000;
    return [
      figure({
        name: 'watch.cost',
        says: 'the time a session takes while the actors and its machine are watched live, divided by the same unwatched',
        values: ratios(
          watched.map((run) => run.elapsedMs),
          alone.map((run) => run.elapsedMs),
        ),
        goal: { atMost: 1.1 },
        details: {
          watchedEventsPerSecond: watched.map(rate),
          unwatchedEventsPerSecond: alone.map(rate),
          watchedRuntimeMs: watched.map((run) => run.workedMs),
          unwatchedRuntimeMs: alone.map((run) => run.workedMs),
          machineEvents: watched.map((run) => run.machineEvents),
        },
      }),
    ];
  } finally {
    await served.stop();
  }
};

/** Follows what the window follows, and gives how many events of the machine came or were said to be left out. */
const watch = async ({ client }: Served, session: string, signal: AbortSignal): Promise<number> => {
  let machineEvents = 0;
  for await (const frame of socketFrames(client.endpoint, actorsLive.path, { session }, signal)) {
    const message = actorsMessage.parse(JSON.parse(frame));
    if (message.kind === 'machine') machineEvents += message.events.length + message.dropped;
  }
  return machineEvents;
};

/** Time on a processor that a process has had in all its threads: unlike a clock, others at work hardly change it. */
const workedMs = (pid: number): number => {
  if (process.platform !== 'linux') return Number.NaN;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * clockTickMs;
};

const clockTickMs = 10;

/** From the first event that the run's agent brought about to its last, as the log has it. */
const timed = async (served: Served, id: SessionId): Promise<Pick<Run, 'elapsedMs' | 'events'>> => {
  const events: HistoryEvent[] = [];
  for (let page = await served.history(id, null, 1_000); ; page = await served.history(id, page.next, 1_000)) {
    events.push(...page.events);
    if (page.next === null) break;
  }
  const work = events.filter(({ type }) => type === 'tool_call' || type === 'tool_result');
  const [first, last] = [work.at(0), work.at(-1)];
  if (first === undefined || last === undefined) throw new Error('the agent did nothing');
  return { elapsedMs: last.recordedAt - first.recordedAt, events: work.length };
};
