/** A session thread's entry: runs many session actors, a task each, over one port to the writer. */
import { MessageChannel, parentPort, threadId, workerData } from 'node:worker_threads';
import { ThroughlineError } from '../protocol/error.ts';
import type { Timestamp } from '../protocol/ids.ts';
import type { SessionTask, ThreadHello, ToSession, ToSessionThread } from '../protocol/session-messages.ts';
import type { WriterReply } from '../protocol/writer-messages.ts';
import { createOutbox } from '../writer/outbox.ts';
import { createSessionActor } from './session-actor.ts';

export type SessionThreadOptions = { readonly programVersion: string };

if (parentPort === null) throw new ThroughlineError('internal', 'session actors run in a thread of their own');

const { programVersion } = workerData as SessionThreadOptions;
const outbox = createOutbox({ schedule: setImmediate });

const { port1: ours, port2: theirs } = new MessageChannel();
ours.on('message', (message: ToSessionThread) => {
  const { port } = message;
  port.on('message', (reply: WriterReply) => outbox.receive(reply));
  outbox.connect(port);
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
    clock: () => Date.now() as Timestamp,
    timers: {
      setTimeout: (callback, afterMs) => setTimeout(callback, afterMs),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
  });
  port.on('message', (message: ToSession) => actor.receive(message));
  try {
    await actor.done;
  } finally {
    port.close();
  }
};
