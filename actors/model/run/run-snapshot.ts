/**
 * The machine of a long run, stored now and then beside its events, so that what stands at its end need not be folded
 * from its beginning. A snapshot is derived and disposable: what counts is the log.
 */
import * as z from 'zod';
import { type EncodedFact, encodeFact, type RunFact } from '../../protocol/facts/events.ts';
import { machineHears } from './fold-run.ts';
import { type RunSnapshot, runMachine } from './machine.ts';

/** After how many facts that the machine hears a snapshot of it is stored. */
export const factsBetweenSnapshots = 1_000;

const strings = z.array(z.string());

const storedRunSnapshot = z.object({
  machine: z.literal(runMachine.version),
  status: z.enum(['active', 'done']),
  value: z.union([z.string(), z.record(z.string(), z.string())]),
  context: z.object({
    prompt: z.string(),
    openApprovals: strings,
    openToolCalls: strings,
    wasDenied: z.boolean(),
    interruptAttempts: z.number(),
    pauseAttempt: z.number(),
    again: z.enum(['prompt', 'continue']).nullable(),
    stopReason: z.string().nullable(),
    failureReason: z.string().nullable(),
    cancelRetryMs: z.number(),
    interruptDeadlineMs: z.number(),
  }),
});

/** A larger one is not stored: a run with a long prompt would fill the database with it. */
const maxSnapshotCharacters = 65_536;

/** A snapshot as it is stored: JSON. Null when it is too large for that. */
export const encodeRunSnapshot = ({ status, value, context }: RunSnapshot): string | null => {
  const text = JSON.stringify({ machine: runMachine.version, status, value, context });
  return text.length <= maxSnapshotCharacters ? text : null;
};

/**
 * Encodes the facts of a run in their order, with a snapshot of its machine where one is due. Each call takes the next
 * fact and the machine after it.
 */
export const createFactEncoder = (): ((next: RunFact, after: RunSnapshot) => EncodedFact) => {
  let heard = 0;
  return (next, after) => {
    const encoded = encodeFact(next);
    if (!machineHears(next.type)) return encoded;
    heard += 1;
    const snapshot = heard % factsBetweenSnapshots === 0 ? encodeRunSnapshot(after) : null;
    return snapshot === null ? encoded : { ...encoded, snapshot };
  };
};

/** Reads a stored snapshot; null when it is one of another machine, or damaged. */
export const decodeRunSnapshot = (text: string): RunSnapshot | null => {
  try {
    const { status, value, context } = storedRunSnapshot.parse(JSON.parse(text));
    return runMachine.resolveState({ status, value, context }) as RunSnapshot;
  } catch {
    return null;
  }
};
