/** The way to the runtime, composed: what calls, what follows, what is remembered, and how all of it comes back. */
import { type Call, type CallOf, createCall, createCallOf, createFetchBytes, type FetchBytes } from './api.ts';
import { createDoubt } from './doubt.ts';
import { connectLive, type Follow } from './live.ts';
import { type Memory, openMemory } from './memory.ts';
import { moveTo, type View } from './moving.ts';
import { createReconnect } from './reconnect.ts';

export type Connection = {
  readonly call: Call;
  /** For what comes in a file of its own, with the routes that it calls. */
  readonly callOf: CallOf;
  readonly fetchBytes: FetchBytes;
  readonly follow: Follow;
  readonly memory: Memory;
  /** Gets what lets this page in again after the runtime was started anew: see `reconnect.ts`. */
  readonly learnKey: () => Promise<void>;
};

export type ConnectionDependencies = {
  /** What is open, and goes along when the page moves to another runtime. */
  readonly currentView: () => View;
};

/** Waits for what is remembered: see `openMemory`. */
export const openConnection = async ({ currentView }: ConnectionDependencies): Promise<Connection> => {
  const doubt = createDoubt();
  const call = createCall(doubt);
  const memory = await openMemory(call);
  const reconnect = createReconnect({
    call,
    doubt,
    unsavedJson: memory.unsavedJson,
    leaveFor: (url) => moveTo(url, currentView()),
  });
  return Object.freeze({
    call,
    callOf: createCallOf(doubt),
    fetchBytes: createFetchBytes(doubt),
    follow: (options) => connectLive(options, { findRuntime: reconnect.find, doubt }),
    memory,
    learnKey: reconnect.learnKey,
  } satisfies Connection);
};
