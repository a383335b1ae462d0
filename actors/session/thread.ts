/** A session thread's entry: runs many session actors, a task each, over one port to the writer. */
import { getHeapStatistics } from 'node:v8';
import { MessageChannel, parentPort, threadId, workerData } from 'node:worker_threads';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { toTimestamp } from '../protocol/facts/ids.ts';
import { isInFlight } from '../protocol/facts/status.ts';
import {
  maxSampledSessions,
  type SessionActorSample,
  type SessionThreadSelfSample,
} from '../protocol/gateway/actor-system.ts';
import type {
  FromSessionThread,
  SessionTask,
  ThreadHello,
  ToSession,
  ToSessionThread,
} from '../protocol/threads/session-messages.ts';
import type { WriterReply } from '../protocol/threads/writer-messages.ts';
import { createFairMailboxes } from './fair-mailboxes.ts';
import { createOutbox } from './outbox.ts';
import { createSessionActor, type SessionActor } from './session-actor.ts';

export type SessionThreadOptions = { readonly programVersion: string };

if (parentPort === null) throw new ThroughlineError('internal', 'session actors run in a thread of their own');

const { programVersion } = workerData as SessionThreadOptions;
const outbox = createOutbox({ schedule: setImmediate });
const actors = new Set<SessionActor>();
const mailboxes = createFairMailboxes<ToSession>({
  schedule: setImmediate,
  setTimeout,
  now: () => performance.now(),
});

const sample = (): SessionThreadSelfSample => ({
  heapUsedBytes: getHeapStatistics().used_heap_size,
  sessions: [...actors]
    .map((actor) => actor.sample())
    .sort((left, right) => weight(right) - weight(left))
    .slice(0, maxSampledSessions),
  sessionCount: actors.size,
  outbox: outbox.sample(),
});

/** Runs under way before those that have ended, and then by what they have to do. */
const weight = ({ status, pending }: SessionActorSample): number =>
  (status !== null && isInFlight(status) ? Number.MAX_SAFE_INTEGER / 2 : 0) + pending;

const { port1: ours, port2: theirs } = new MessageChannel();
ours.on('message', (message: ToSessionThread) => {
  switch (message.kind) {
    case 'writer':
      message.port.on('message', (reply: WriterReply) => outbox.receive(reply));
      outbox.connect(message.port);
      return;
    case 'sample':
      ours.postMessage({ kind: 'sampled', sample: sample() } satisfies FromSessionThread);
      return;
  }
});
const hello: ThreadHello = { kind: 'session_thread', threadId, port: theirs };
parentPort.postMessage(hello, [theirs]);

/** One session, from the moment it goes live until it is stopped or parked. */
export default async ({ port, ...task }: SessionTask): Promise<void> => {
  const actor = createSessionActor({
    task,
    outbox,
    programVersion,
    send: (message) => port.postMessage(message),
    clock: () => toTimestamp(Date.now()),
    timers: {
      setTimeout: (callback, afterMs) => setTimeout(callback, afterMs),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
  });
  const mailbox = mailboxes.open(actor.receive);
  port.on(
    'message',
    actor.guard((message: ToSession) => mailbox.put(...inPieces(message))),
  );
  actors.add(actor);
  try {
    await actor.done;
  } finally {
    actors.delete(actor);
    mailbox.close();
    port.close();
  }
};

/** How much of an agent's output is taken in before the others have their turn: a millisecond or two of work. */
const pieceBytes = 1024;

const inPieces = (message: ToSession): readonly ToSession[] => {
  if (message.kind !== 'agent_output') return [message];
  const { bytes } = message;
  return Array.from({ length: Math.ceil(bytes.byteLength / pieceBytes) }, (_, index) => ({
    ...message,
    bytes: bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  }));
};
