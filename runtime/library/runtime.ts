/**
 * `throughline/runtime`: a runtime in a process of one's own. `docs/LIBRARY.md` shows it at work.
 */
import { type OpenedRuntime as Opened, type OpenRuntimeOptions, openRuntime as open } from '../open-runtime.ts';

export { type ErrorCode, ThroughlineError } from '../../actors/protocol/facts/error.ts';
export type { Settings } from '../data/configuration.ts';
export type { OpenedGateway, OpenRuntimeOptions } from '../open-runtime.ts';
export type { Decision, Runtime, RuntimeCommands, RuntimeQueries, RuntimeSurroundings, Started } from '../surface.ts';

/** A runtime that runs in this process. Signals are left alone: who wants a clean stop calls `close`. */
export type OpenedRuntime = Omit<Opened, 'faults'>;

/**
 * Opens a data directory and starts a runtime on it, in this process and its threads.
 *
 * Raises a `ThroughlineError`, with nothing left open: `data.locked` (another runtime has it), `data.insecure`,
 * `data.unusable`, `input.invalid` (settings), `store.…` (its database cannot be opened), `runtime.start_failed` (the
 * port is taken). A damaged database is opened all the same and only read: see `Runtime.readOnly`.
 */
export const openRuntime: (options: OpenRuntimeOptions) => Promise<OpenedRuntime> = (options) => open(options);
