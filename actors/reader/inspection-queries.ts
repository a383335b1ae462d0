/** A run as its machine lived it, read from the log: steps by the page, an overview, and what would be if. */

import * as z from 'zod';
import { innermost, replay, standingOf } from '../model/inspection/replay.ts';
import { afterFact, beginningOfRun, typesHeard } from '../model/run/fold-run.ts';
import type { RunSnapshot } from '../model/run/machine.ts';
import { ThroughlineError } from '../protocol/facts/error.ts';
import { decodeFact, type HistoryEvent, isRunFact, parseFact, type RunFact } from '../protocol/facts/events.ts';
import { timestampSchema, writtenRunId } from '../protocol/facts/id-schemas.ts';
import { toTimestamp } from '../protocol/facts/ids.ts';
import { isTerminal } from '../protocol/facts/status.ts';
import type {
  RunOverview,
  RunReference,
  Step,
  StepPage,
  StepRange,
  Supposition,
  WhatIf,
} from '../protocol/gateway/inspection.ts';
import type { Database } from '../store/file/sqlite.ts';
import { lastSnapshot } from '../store/run-snapshots.ts';
import { keyOfSession, pageRow, toHistoryEvent } from './history-queries.ts';

/** A larger payload is not sent with its step; the history has it. */
const maxPayloadCharacters = 32_768;
/** What an overview looks at in one answer; the rest is asked for after it. Nobody waits long behind it in the thread. */
const maxFactsOfOverview = 4_000;

const runRow = z.object({ run_key: z.number(), run_id: writtenRunId, last_seq: z.number() }).optional();
type Run = NonNullable<z.infer<typeof runRow>>;
const factRow = z.object({ seq: z.number(), type: z.string(), payload: z.string(), occurred_at: timestampSchema });
const heard = JSON.stringify(typesHeard);
const lookedAt = JSON.stringify([...typesHeard, 'error']);

/** The steps after a seq. Raises `session.not_found` and `run.not_found`. */
export const readSteps = (database: Database, reference: RunReference, { after, limit }: StepRange): StepPage => {
  const run = findRun(database, reference);
  const machine = machineAfter(database, run, after);
  const rows = z.array(pageRow).parse(
    database
      .prepare(
        `SELECT position, seq, type, payload, occurred_at, recorded_at
             FROM session_events WHERE run_key = ? AND seq > ? ORDER BY seq LIMIT ?`,
      )
      .all(run.run_key, after, limit),
  );
  const events = rows.map((row) => toHistoryEvent({ ...row, run_id: run.run_id, ordinal: reference.run }));
  const steps = [...replay(events, machine)].map((step, index) =>
    withoutLargePayload(step, rows[index]?.payload ?? ''),
  );
  return { run: reference.run, lastSeq: run.last_seq, before: standingOf(machine), steps };
};

/** The states of a run and its marks after a seq, as far as one answer holds. Raises as `readSteps` does. */
export const readOverview = (database: Database, reference: RunReference, after: number): RunOverview => {
  const run = findRun(database, reference);
  let machine = machineAfter(database, run, after);
  const stays: RunOverview['stays'] = [];
  const marks: RunOverview['marks'] = [];
  let upTo = run.last_seq;
  let looked = 0;
  for (const row of factsBetween(database, run, { after, types: lookedAt })) {
    if (looked === maxFactsOfOverview) {
      upTo = row.seq - 1;
      break;
    }
    looked += 1;
    const fact = decodeFact(row.type, row.payload, row.occurred_at);
    if (fact === null || !isRunFact(fact)) continue;
    const kind = markOf(fact);
    if (kind !== null) marks.push({ seq: row.seq, at: fact.occurredAt, kind });
    const next = afterFact(machine, fact);
    if (!isSameState(machine, next)) {
      const event = historyEventOf(reference, run, row);
      const by = [...replay([event], machine)].flatMap((step) => step.taken);
      stays.push({ seq: row.seq, at: fact.occurredAt, states: [...innermost(next)], by });
    }
    machine = next;
  }
  return { run: reference.run, runId: run.run_id, lastSeq: run.last_seq, upTo, stays, marks };
};

/**
 * Where a copy of the machine would go from its place after a seq. Raises as `readSteps` does, and `input.invalid` for
 * an event that no run can hold.
 */
export const readWhatIf = (database: Database, reference: RunReference, supposed: Supposition): WhatIf => {
  const run = findRun(database, reference);
  const machine = machineAfter(database, run, supposed.after);
  const now = toTimestamp(Date.now());
  const events = supposed.events.map(({ type, payload }, index): HistoryEvent => {
    if (parseFact(type, payload, now) === null) {
      throw new ThroughlineError('input.invalid', `event ${index + 1} is no ${type.slice(0, 100)} event of a run`, {
        hint: 'take the shape of one in the history of a session',
      });
    }
    const seq = supposed.after + index + 1;
    const runId = run.run_id;
    // It has no position, because it is in no log; 1 is what the schema of an event asks for at least.
    return { position: 1, runId, run: reference.run, seq, type, payload, occurredAt: now, recordedAt: now };
  });
  return { before: standingOf(machine), steps: [...replay(events, machine)] };
};

const findRun = (database: Database, { id, run }: RunReference): Run => {
  const found = runRow.parse(
    database
      .prepare('SELECT run_key, run_id, last_seq FROM runs WHERE session_key = ? AND ordinal = ? AND ordinal > 0')
      .get(keyOfSession(database, id), run),
  );
  if (found !== undefined) return found;
  throw new ThroughlineError('run.not_found', `this session has no run ${run}`, {
    hint: 'its runs are numbered from 1; the ledger, run 0, has no machine',
  });
};

/** The machine after an event of the run: from the last snapshot before it, and what it heard since. */
const machineAfter = (database: Database, run: Run, seq: number): RunSnapshot => {
  const from = lastSnapshot(database, run.run_key, seq);
  let machine = from?.machine ?? beginningOfRun();
  for (const row of factsBetween(database, run, { after: from?.seq ?? 0, upTo: seq, types: heard })) {
    const fact = decodeFact(row.type, row.payload, row.occurred_at);
    if (fact !== null && isRunFact(fact)) machine = afterFact(machine, fact);
  }
  return machine;
};

/** Facts of some types (a JSON array) of a run, in order, one at a time. Walks the unique index (run_key, seq). */
function* factsBetween(
  database: Database,
  run: Run,
  { after, upTo = run.last_seq, types }: { readonly after: number; readonly upTo?: number; readonly types: string },
): Generator<z.infer<typeof factRow>> {
  const rows = database
    .prepare(
      `SELECT seq, type, payload, occurred_at FROM session_events
        WHERE run_key = ? AND seq > ? AND seq <= ? AND type IN (SELECT value FROM json_each(?)) ORDER BY seq`,
    )
    .iterate(run.run_key, after, upTo, types);
  for (const row of rows) yield factRow.parse(row);
}

const historyEventOf = (reference: RunReference, run: Run, row: z.infer<typeof factRow>): HistoryEvent =>
  toHistoryEvent({
    ...row,
    position: 1,
    recorded_at: row.occurred_at,
    run_id: run.run_id,
    ordinal: reference.run,
  });

const withoutLargePayload = (step: Step, json: string): Step =>
  json.length <= maxPayloadCharacters
    ? step
    : { ...step, event: { ...step.event, payload: null }, omittedPayload: json.length };

const isSameState = (before: RunSnapshot, after: RunSnapshot): boolean =>
  before === after || JSON.stringify(before.value) === JSON.stringify(after.value);

const markOf = (fact: RunFact): RunOverview['marks'][number]['kind'] | null => {
  switch (fact.type) {
    case 'error':
      return 'error';
    case 'approval_requested':
      return 'approval';
    case 'interrupt_requested':
      return 'interrupt';
    case 'status':
      return isTerminal(fact.payload.status) ? 'end' : null;
    default:
      return null;
  }
};
