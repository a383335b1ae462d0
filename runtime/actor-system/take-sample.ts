/** Puts one sample together from what every part of the runtime tells. */
import type { IntervalHistogram } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Worker } from 'node:worker_threads';
import type { Position, SessionId } from '../../actors/protocol/facts/ids.ts';
import {
  maxSampledAgents,
  type Restarts,
  type SessionThreadSelfSample,
  type Spread,
  type SystemSample,
  type WriterSelfSample,
} from '../../actors/protocol/gateway/actor-system.ts';
import type { SearchSelfSample } from '../../actors/protocol/threads/search-messages.ts';
import type { Gauges } from './gauges.ts';
import type { Answer } from './probe.ts';
import { processMemory } from './process-memory.ts';

/** A thread that answered, with the worker it is. */
export type Looked<Self> = Answer<Self> & { readonly worker: Worker };

export type RunningAgent = { readonly sessionId: SessionId; readonly pid: number; readonly outputBytes: number };

/** The parts that are looked at. Each answers soon, whatever its threads do. */
export type ActorSystemParts = {
  readonly position: () => Position;
  readonly writer: {
    readonly look: () => Promise<{ readonly thread: Looked<WriterSelfSample> | null; readonly restarts: Restarts }>;
    /** Nobody looks any more. */
    readonly lookAway: () => void;
  };
  readonly sessions: {
    readonly look: () => Promise<{
      readonly threads: readonly Looked<SessionThreadSelfSample>[];
      readonly restarts: Restarts;
    }>;
  };
  readonly readers: {
    readonly look: () => { readonly workers: readonly Worker[]; readonly waiting: number; readonly answered: number };
  };
  readonly search: {
    readonly look: () => Promise<{ readonly thread: Looked<SearchSelfSample> | null; readonly restarts: Restarts }>;
  };
  readonly agents: () => readonly RunningAgent[];
};

export type SampleTools = {
  readonly gauges: Gauges;
  readonly delays: IntervalHistogram;
  readonly delayResolutionMs: number;
  /** What is known of the agents' memory; looked up anew every few samples, since it costs a file each. */
  readonly memoryByPid: Map<number, number | null>;
};

const memoryEverySamples = 4;

export const takeSample = async (
  parts: ActorSystemParts,
  tools: SampleTools,
  { number, sinceMs }: { readonly number: number; readonly sinceMs: number },
): Promise<SystemSample> => {
  const { gauges } = tools;
  const [writer, sessions, search] = await Promise.all([
    parts.writer.look(),
    parts.sessions.look(),
    parts.search.look(),
  ]);
  const [writerThread, searchThread] = [living(writer.thread), living(search.thread)];
  const readers = parts.readers.look();
  const running = parts.agents();
  const thread = (worker: Worker) => ({ threadId: worker.threadId, utilisation: gauges.utilisation(worker) });
  if (number % memoryEverySamples === 1) lookUpMemory(running, tools.memoryByPid);
  const agents = running
    .map(({ sessionId, pid, outputBytes }) => ({
      sessionId,
      pid,
      memoryBytes: tools.memoryByPid.get(pid) ?? null,
      outputBytesPerSecond: gauges.perSecond(`agent ${pid}`, outputBytes),
    }))
    .sort((left, right) => (right.memoryBytes ?? 0) - (left.memoryBytes ?? 0));
  const sample: SystemSample = {
    number,
    at: Date.now(),
    sinceMs,
    position: parts.position(),
    main: {
      pid: process.pid,
      utilisation: gauges.utilisation('main'),
      delayMs: delaysOf(tools),
      heapUsedBytes: getHeapStatistics().used_heap_size,
      memoryBytes: process.memoryUsage.rss(),
    },
    writer: {
      thread: writerThread && {
        ...thread(writerThread.worker),
        ...writerThread.self,
        silentMs: writerThread.silentMs,
      },
      eventsPerSecond: gauges.perSecond('writer', writerThread?.self.commits.events ?? 0),
      restarts: writer.restarts,
    },
    sessions: {
      threads: sessions.threads.filter(living).map(({ worker, self, silentMs }) => ({
        ...thread(worker),
        ...self,
        silentMs,
        eventsPerSecond: gauges.perSecond(`session thread ${worker.threadId}`, self.outbox.acknowledged),
      })),
      restarts: sessions.restarts,
    },
    readers: {
      threads: readers.workers.map(thread),
      waiting: readers.waiting,
      answersPerSecond: gauges.perSecond('readers', readers.answered),
    },
    search: {
      thread: searchThread && {
        ...thread(searchThread.worker),
        ...searchThread.self,
        silentMs: searchThread.silentMs,
      },
      restarts: search.restarts,
    },
    agents: agents.slice(0, maxSampledAgents),
    agentCount: agents.length,
  };
  gauges.forgetGone();
  return sample;
};

/** A thread that was looked at and has ended meanwhile has no id any more, though the news of it is still on its way. */
const living = <Thread extends { readonly worker: Worker }>(thread: Thread | null): Thread | null =>
  thread !== null && thread.worker.threadId !== -1 ? thread : null;

const lookUpMemory = (running: readonly RunningAgent[], memoryByPid: Map<number, number | null>): void => {
  memoryByPid.clear();
  for (const { pid } of running) memoryByPid.set(pid, processMemory(pid));
};

/** Node counts from one tick of its timer to the next, so what it should be is taken off. */
const delaysOf = ({ delays, delayResolutionMs }: SampleTools): Spread => {
  const late = (nanoseconds: number): number =>
    Number.isFinite(nanoseconds) ? Math.max(0, Math.round(nanoseconds / 1e5 - delayResolutionMs * 10) / 10) : 0;
  const spread =
    delays.count === 0
      ? { p50: 0, p99: 0, largest: 0 }
      : { p50: late(delays.percentile(50)), p99: late(delays.percentile(99)), largest: late(delays.max) };
  delays.reset();
  return spread;
};
