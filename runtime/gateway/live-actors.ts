/**
 * The actor system for one client that watches it. Nothing queues for a slow one: the newest sample takes the place of
 * one that could not be sent.
 */
import type { ActorSystemSample, ActorsMessage, ClientCounts } from '../../actors/protocol/actor-system.ts';
import type { Runtime } from '../surface.ts';
import type { LiveSocket } from './live-dashboard.ts';

export type LiveActorsOptions = {
  readonly runtime: Pick<Runtime, 'watchActors'>;
  readonly clients: () => ClientCounts;
  /** A client that has more than this on its way is sent nothing. */
  readonly bufferedBytes: number;
};

/** Sends a client each sample from now on; gives what ends that. */
export const joinLiveActors = (socket: LiveSocket, options: LiveActorsOptions): (() => void) => {
  const { runtime, clients, bufferedBytes } = options;
  let newest: ActorSystemSample | null = null;
  let left = false;

  const send = (message: ActorsMessage): void => socket.send(JSON.stringify(message), tell);

  const tell = (): void => {
    if (left || socket.bufferedAmount > bufferedBytes) return; // `onSent` comes back to it
    if (newest === null) return;
    const sample = newest;
    newest = null;
    send({ kind: 'sample', sample });
  };

  const leave = runtime.watchActors((sample) => {
    newest = { ...sample, clients: clients() };
    tell();
  });
  return () => {
    left = true;
    leave();
  };
};
