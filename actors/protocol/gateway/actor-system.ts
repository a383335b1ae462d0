/**
 * What the actors tell of themselves while somebody looks: one sample of the whole system, a few times a second. All
 * counts are since the actor's thread began; what is "since the last sample" says so.
 */
import * as z from 'zod';
import { askedSessionId } from '../facts/id-schemas.ts';
import { runStatuses } from '../facts/status.ts';
import { liveMachineEvents } from './live-machine.ts';

const amount = z.number().int().min(0);
const milliseconds = z.number().min(0);
const perSecond = z.number().min(0);

/** Where the middle, all but the slowest hundredth, and the largest of some measurements lie. */
export const spread = z.object({ p50: z.number(), p99: z.number(), largest: z.number() });
export type Spread = z.infer<typeof spread>;

const thread = {
  threadId: z.number().int(),
  /** The share of the time since the last sample in which it was at work: 0 to 1. */
  utilisation: z.number().min(0).max(1),
};

/** How long a thread has been asked without an answer: what else it tells is then older than the sample. */
const silentMs = milliseconds;

/** The restarts of one supervisor. */
const restarts = z.object({
  /** Since the runtime began. */
  total: amount,
  /** How much of its budget is spent, and how much it may spend within that time. The first start of search counts. */
  used: amount,
  budget: amount,
  withinMs: milliseconds,
});
export type Restarts = z.infer<typeof restarts>;

/** A commit: how many events it stored, and how many milliseconds it took. */
const commit = z.tuple([amount, milliseconds]);

export const writerSelfSample = z.object({
  heapUsedBytes: amount,
  /** What waits in the mailbox for the next commit. */
  waiting: z.object({ requests: amount, events: amount }),
  /** The disk refuses writes, and what waits is tried again. */
  paused: z.boolean(),
  commits: z.object({
    count: amount,
    events: amount,
    /** The last ones since somebody looks, the oldest first. */
    last: z.array(commit),
    /** Over those and some more before them; null while there were none. */
    spread: z.object({ events: spread, durationMs: spread }).nullable(),
  }),
});
/** What the writer's thread knows. */
export type WriterSelfSample = z.infer<typeof writerSelfSample>;

const writer = z.object({
  /** Null while there is none: it died, and another is being started. */
  thread: writerSelfSample.extend({ ...thread, silentMs }).nullable(),
  eventsPerSecond: perSecond,
  restarts,
});

export const sessionActorSample = z.object({
  sessionId: z.string(),
  /** The run it works on or worked on last; 0 before its first. */
  run: amount,
  status: z.enum(runStatuses).nullable(),
  openApprovals: amount,
  /** Events it recorded that are not durable yet. */
  pending: amount,
});
export type SessionActorSample = z.infer<typeof sessionActorSample>;

export const sessionThreadSelfSample = z.object({
  heapUsedBytes: amount,
  /** Its live actors, those with the most to do first; no more than so many are named. */
  sessions: z.array(sessionActorSample),
  sessionCount: amount,
  /** Its events on their way to the writer: those with it, those that wait for their turn, and those it acknowledged. */
  outbox: z.object({ inFlight: amount, waiting: amount, acknowledged: amount }),
});
/** What a session thread knows. */
export type SessionThreadSelfSample = z.infer<typeof sessionThreadSelfSample>;

const sessionThread = sessionThreadSelfSample.extend({ ...thread, silentMs, eventsPerSecond: perSecond });

const agent = z.object({
  sessionId: z.string(),
  pid: z.number().int(),
  /** What its own process holds in memory, its children left out; null where the system does not tell. */
  memoryBytes: amount.nullable(),
  outputBytesPerSecond: perSecond,
});

/** Clients of the gateway's WebSockets, by what they follow. */
export const clientCounts = z.object({ dashboards: amount, tails: amount, actors: amount });
export type ClientCounts = z.infer<typeof clientCounts>;

export const systemSample = z.object({
  /** From 1 since somebody looks. */
  number: amount,
  at: z.number().int(),
  /** How long since the sample before, or since somebody looks. */
  sinceMs: milliseconds,
  /** The last committed position. */
  position: amount,
  main: z.object({
    pid: z.number().int(),
    utilisation: thread.utilisation,
    /** How late its timers were since the last sample. */
    delayMs: spread,
    heapUsedBytes: amount,
    /** Of the whole process with all its threads; the agents are processes of their own. */
    memoryBytes: amount,
  }),
  writer,
  sessions: z.object({ threads: z.array(sessionThread), restarts }),
  readers: z.object({
    threads: z.array(z.object(thread)),
    /** Queries that wait for a thread. */
    waiting: amount,
    answersPerSecond: perSecond,
  }),
  search: z.object({
    /** Null before it has started, and while there is none. */
    thread: z.object({ ...thread, silentMs, indexedUpTo: amount }).nullable(),
    restarts,
  }),
  /** The agents that run, the largest first; no more than so many are named. */
  agents: z.array(agent),
  agentCount: amount,
});
/** The actor system as the runtime sees it. */
export type SystemSample = z.infer<typeof systemSample>;

export const actorSystemSample = systemSample.extend({ clients: clientCounts });
/** The actor system, and who looks at the runtime from outside. */
export type ActorSystemSample = z.infer<typeof actorSystemSample>;

/** How often the system is sampled while somebody looks. */
export const sampleEveryMs = 250;
/** How many sessions of one thread, and how many agents, a sample names. */
export const maxSampledSessions = 250;
export const maxSampledAgents = 500;

/** `GET /api/actors/live[?session=ID]`, upgraded to a WebSocket: samples, and what the machine of a session does. */
export const actorsLive = {
  path: '/api/actors/live',
  query: z.strictObject({ session: askedSessionId.optional() }),
} as const;

/** What it sends, one JSON text frame each. */
export const actorsMessage = z.discriminatedUnion('kind', [
  /** A few times a second. A client that is behind gets the newest, never an older one. */
  z.object({ kind: z.literal('sample'), sample: actorSystemSample }),
  /** A client that is behind loses the oldest, and is told how many. */
  z.object({ kind: z.literal('machine'), sessionId: z.string(), ...liveMachineEvents.shape }),
]);
export type ActorsMessage = z.infer<typeof actorsMessage>;
