import type { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { noEpoch, type Position, toPosition } from '../../actors/protocol/facts/ids.ts';
import { openQueries } from '../../actors/reader/open-queries.ts';
import { createOutbox } from '../../actors/session/outbox.ts';
import { defaultRestarts } from './restart-budget.ts';
import type { WriterSupervisor } from './writer-supervisor.ts';

/**
 * Stands in the writer's place over a database that may not be written: whoever asks is refused with the same error, and
 * the rest of the runtime shows what can be read. Raises that error when nothing can.
 */
export const createRefusingWriter = (databasePath: string, refusal: ThroughlineError): WriterSupervisor => {
  const position = readPosition(databasePath, refusal);
  return {
    ready: { kind: 'ready', epochKey: noEpoch, position, restored: [], agents: [], hasUnfinishedRemovals: false },
    refusal: () => refusal,
    command: () => Promise.reject(refusal),
    // Never connected, so nothing that is put into it goes anywhere; no command that would use it gets through.
    outbox: createOutbox({ schedule: setImmediate }),
    connectThread: () => {},
    position: () => position,
    onCommitted: () => () => {},
    look: async () => ({
      thread: null,
      restarts: { total: 0, used: 0, budget: defaultRestarts.restarts, withinMs: defaultRestarts.withinMs },
    }),
    lookAway: () => {},
    gaveUp: new Promise(() => {}),
    crash: async () => {},
    stop: async () => {},
  };
};

const readPosition = (databasePath: string, refusal: ThroughlineError): Position => {
  try {
    const queries = openQueries(databasePath, { runtimeIsAlive: true });
    try {
      return toPosition(queries.dashboard().version);
    } finally {
      queries.close();
    }
  } catch {
    throw refusal;
  }
};
