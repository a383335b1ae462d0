/**
 * The actor system for one client that watches it, and the machine of one session. No queue grows for a slow one: the
 * newest sample takes the place of one that could not be sent, and of the machine's events the oldest are left out.
 */

import { createBoundedEvents } from '../../../actors/model/inspection/bounded-events.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { ActorSystemSample, ActorsMessage, ClientCounts } from '../../../actors/protocol/gateway/actor-system.ts';
import type { Runtime } from '../../surface.ts';
import type { LiveSocket } from './live-dashboard.ts';

export type LiveActorsOptions = {
  readonly runtime: Pick<Runtime, 'watchActors' | 'watchMachine'>;
  readonly clients: () => ClientCounts;
  /** Whose machine is watched, if one is. */
  readonly session: SessionId | null;
  /** A client that has more than this on its way is sent nothing. */
  readonly bufferedBytes: number;
};

/** Sends a client each sample from now on, and what the machine does; gives what ends that. */
export const joinLiveActors = (socket: LiveSocket, options: LiveActorsOptions): (() => void) => {
  const { runtime, clients, session, bufferedBytes } = options;
  const machineEvents = createBoundedEvents();
  let newest: ActorSystemSample | null = null;
  let left = false;

  const next = (): ActorsMessage | null => {
    const machine = session === null ? null : machineEvents.take();
    if (session !== null && machine !== null) return { kind: 'machine', sessionId: session, ...machine };
    const sample = newest;
    newest = null;
    return sample === null ? null : { kind: 'sample', sample };
  };

  const tell = (): void => {
    if (left || socket.bufferedAmount > bufferedBytes) return; // `onSent` comes back to it
    const message = next();
    if (message !== null) socket.send(JSON.stringify(message), tell);
  };

  const ends = [
    runtime.watchActors((sample) => {
      newest = { ...sample, clients: clients() };
      tell();
    }),
  ];
  if (session !== null) {
    ends.push(
      runtime.watchMachine(session, ({ events, dropped }) => {
        machineEvents.push(events, dropped);
        tell();
      }),
    );
  }
  return () => {
    left = true;
    for (const end of ends) end();
  };
};
