/**
 * Turns a batch of requests into one transaction and its replies. A request that is refused changes nothing and does
 * not disturb the others; an error of SQLite itself undoes the whole batch, and nobody is answered.
 */

import type { SessionState } from '../model/dashboard/session-projection.ts';
import { asThroughlineError, ThroughlineError } from '../protocol/facts/error.ts';
import { type EventType, encodeFact, fact } from '../protocol/facts/events.ts';
import {
  beforeFirstSeq,
  type EpochKey,
  firstRunOrdinal,
  ledgerOrdinal,
  type Position,
  type RunKey,
  type SessionKey,
  toOrdinal,
} from '../protocol/facts/ids.ts';
import type {
  AppendBatch,
  AppendResult,
  BegunRun,
  CommandAnswer,
  WriterCommand,
  WriterReply,
  WriterRequest,
} from '../protocol/threads/writer-messages.ts';
import { type Database, isSqliteError } from '../store/file/sqlite.ts';
import { closeEpoch } from './epoch.ts';
import type { Log } from './log.ts';
import { deleteNextPiece } from './remove-session.ts';

export type Commit = {
  /** One reply for each request, in their order. */
  readonly replies: readonly WriterReply[];
  readonly position: Position;
  readonly sessions: readonly SessionKey[];
};

/** Carries out requests in one transaction. Raises what SQLite raises, and has then changed nothing. */
export type CommitRequests = (requests: readonly WriterRequest[]) => Commit;

export const createCommit = (database: Database, log: Log, epochKey: EpochKey): CommitRequests => {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  const ended = createEndedRuns();

  return (requests) => {
    begin.run();
    try {
      const replies = requests.map((request): WriterReply => {
        if (request.kind === 'append') {
          return { kind: 'acknowledged', results: request.batches.map((batch) => append(log, ended, batch)) };
        }
        return {
          kind: 'answer',
          requestId: request.requestId,
          answer: answer(database, log, ended, epochKey, request),
        };
      });
      const sessions = log.writeProjections();
      const position = log.position();
      commit.run();
      ended.keep();
      return { replies, position, sessions };
    } catch (thrown) {
      ended.forget();
      log.forget();
      // SQLite has rolled back by itself after some errors (a full disk among them).
      if (database.inTransaction) rollback.run();
      throw thrown;
    }
  };
};

/**
 * Runs that a command has ended because who recorded in them is gone. What it had posted before may still arrive, and a
 * later batch of it could fit behind the end by its number though the one before it was refused.
 */
type EndedRuns = ReturnType<typeof createEndedRuns>;

const createEndedRuns = () => {
  const runs = new Set<RunKey>();
  let added: RunKey[] = [];
  const forgetAfter = (count: number): void => {
    for (const runKey of added.splice(count)) runs.delete(runKey);
  };
  return {
    has: (runKey: RunKey): boolean => runs.has(runKey),
    /** How many this transaction has ended until now: what `forgetAfter` goes back to. */
    count: (): number => added.length,
    /** What came after that was undone. */
    forgetAfter,
    add: (runKey: RunKey): void => {
      if (runs.has(runKey)) return;
      runs.add(runKey);
      added.push(runKey);
    },
    /** The transaction was committed. */
    keep: (): void => {
      added = [];
    },
    /** It was undone. */
    forget: (): void => forgetAfter(0),
  };
};

/** Appends what the run does not hold yet. A gap, or other events in the same place, is an error and changes nothing. */
const append = (log: Log, ended: EndedRuns, batch: AppendBatch): AppendResult => {
  try {
    return appendToRun(log, ended, batch);
  } catch (thrown) {
    // A damaged row is one session's misfortune, and it is found before anything is written: no savepoint is needed.
    if (!(thrown instanceof ThroughlineError) || thrown.code !== 'session.damaged') throw thrown;
    return { kind: 'refused', runKey: batch.runKey, lastSeq: beforeFirstSeq, error: thrown.toPlain() };
  }
};

// Exactly once, by optimistic concurrency: a batch names the seq it expects, as a compare-and-swap does. What is there
// already is acknowledged again (idempotency); a gap or another event in its place is refused.
const appendToRun = (log: Log, ended: EndedRuns, { runKey, firstSeq, events }: AppendBatch): AppendResult => {
  const run = log.run(runKey);
  if (run === null) {
    const error = new ThroughlineError('run.not_found', `there is no run ${runKey}`);
    return { kind: 'refused', runKey, lastSeq: beforeFirstSeq, error: error.toPlain() };
  }
  const { lastSeq } = run.state;
  const refused = (error: ThroughlineError): AppendResult => ({
    kind: 'refused',
    runKey,
    lastSeq,
    error: error.toPlain(),
  });
  if (firstSeq > lastSeq + 1) {
    return refused(new ThroughlineError('append.gap', `the run is at seq ${lastSeq}, the batch begins at ${firstSeq}`));
  }
  const alreadyThere = lastSeq + 1 - firstSeq;
  if (!log.holds(runKey, firstSeq, events.slice(0, alreadyThere))) {
    return refused(
      new ThroughlineError('append.conflict', `seq ${firstSeq} to ${lastSeq} of the run are other events`),
    );
  }
  const fresh = events.slice(alreadyThere);
  if (fresh.length === 0) return { kind: 'duplicate', runKey, lastSeq };
  if (ended.has(runKey)) {
    return refused(new ThroughlineError('append.run_ended', 'the run was ended after its actor was gone'));
  }
  try {
    return { kind: 'appended', runKey, lastSeq: log.append(runKey, fresh).lastSeq };
  } catch (thrown) {
    if (thrown instanceof ThroughlineError && thrown.code === 'append.run_ended') return refused(thrown);
    throw thrown;
  }
};

const answer = (
  database: Database,
  log: Log,
  ended: EndedRuns,
  epochKey: EpochKey,
  command: WriterCommand,
): CommandAnswer => {
  const endedBefore = ended.count();
  try {
    return log.wholly(() => perform(database, log, ended, epochKey, command));
  } catch (thrown) {
    ended.forgetAfter(endedBefore);
    // What SQLite raises undoes the batch. All else may be raised half way, by a refusal or by a fault of ours: nothing
    // is left of it, and it concerns this command alone.
    if (isSqliteError(thrown)) throw thrown;
    return { kind: 'failed', error: asThroughlineError(thrown).toPlain() };
  }
};

const perform = (
  database: Database,
  log: Log,
  ended: EndedRuns,
  epochKey: EpochKey,
  command: WriterCommand,
): CommandAnswer => {
  switch (command.kind) {
    case 'open_session':
      return { kind: 'begun', run: openSession(log, command) };
    case 'begin_run':
      return { kind: 'begun', run: beginRun(log, ended, command) };
    case 'settle_run': {
      const run = log.run(command.runKey);
      if (run === null) throw new ThroughlineError('run.not_found', 'there is no such run');
      const state = run.state.outcome === null ? log.append(command.runKey, command.events) : run.state;
      ended.add(command.runKey);
      return { kind: 'settled', outcome: state.outcome, lastSeq: state.lastSeq };
    }
    case 'record_removal': {
      const sessionKey = log.sessionById(command.sessionId);
      if (sessionKey === null) throw new ThroughlineError('session.not_found', `no session ${command.sessionId}`);
      const state = log.session(sessionKey);
      if (!isTaken(state, command.event.type)) log.append(log.ledgerOf(sessionKey), [command.event]);
      return { kind: 'removal_recorded' };
    }
    case 'remove_session': {
      const sessionKey = log.sessionById(command.sessionId);
      if (sessionKey === null) throw new ThroughlineError('session.not_found', `no session ${command.sessionId}`);
      if (log.session(sessionKey).removal === 'done') return { kind: 'removed', events: 0, isWhole: true };
      const ledger = log.ledgerOf(sessionKey);
      const { events, isLast, ...earlier } = deleteNextPiece(database, sessionKey, ledger);
      log.forgetRuns(sessionKey);
      const type = isLast ? 'session_removed' : 'events_removed';
      const parkedRef = earlier.parkedRef ?? command.parkedRef ?? null;
      const payload = parkedRef === null ? { events } : { events, parkedRef };
      log.append(ledger, [encodeFact(fact(type, payload, command.occurredAt))]);
      return { kind: 'removed', events, isWhole: isLast };
    }
    case 'close_epoch':
      closeEpoch(database, epochKey, command.endedAt);
      return { kind: 'epoch_closed' };
  }
};

/** Whether a step of a removal was taken already, and is only sent again. */
const isTaken = ({ removal, worktreePath }: SessionState, type: EventType): boolean => {
  if (type === 'removal_begun') return removal !== 'none';
  if (type === 'worktree_removed') return worktreePath === null;
  return removal !== 'begun';
};

const openSession = (log: Log, command: Extract<WriterCommand, { kind: 'open_session' }>): BegunRun => {
  const existing = log.sessionById(command.sessionId);
  if (existing !== null) return begun(log, command.runId);
  const sessionKey = log.insertSession(command.sessionId);
  log.append(log.insertRun(command.ledgerRunId, sessionKey, ledgerOrdinal), command.ledger);
  log.append(log.insertRun(command.runId, sessionKey, firstRunOrdinal), command.events);
  return begun(log, command.runId);
};

const beginRun = (log: Log, ended: EndedRuns, command: Extract<WriterCommand, { kind: 'begin_run' }>): BegunRun => {
  if (log.runById(command.runId) !== null) return begun(log, command.runId);
  const sessionKey = log.sessionById(command.sessionId);
  if (sessionKey === null || log.session(sessionKey).removal !== 'none') {
    throw new ThroughlineError('session.not_found', `no session ${command.sessionId}`);
  }
  const { activeRunKey } = log.session(sessionKey);
  if (activeRunKey !== null) {
    if (command.closeOpenRun.length === 0) {
      throw new ThroughlineError('session.busy', 'a run of this session is under way', {
        hint: 'wait for it, or interrupt it first',
      });
    }
    log.append(activeRunKey, command.closeOpenRun);
    ended.add(activeRunKey);
  }
  const ordinal = toOrdinal(log.session(sessionKey).runCount + 1);
  log.append(log.insertRun(command.runId, sessionKey, ordinal), command.events);
  return begun(log, command.runId);
};

const begun = (log: Log, runId: BegunRun['runId']): BegunRun => {
  const found = log.runById(runId);
  const row = found === null ? null : log.run(found.runKey);
  if (found === null || row === null) throw new ThroughlineError('run.not_found', `no run ${runId}`);
  const ledgerRunKey: RunKey = log.ledgerOf(found.sessionKey);
  return {
    sessionKey: found.sessionKey,
    runKey: found.runKey,
    runId,
    ordinal: row.ordinal,
    lastSeq: row.state.lastSeq,
    ledgerRunKey,
    ledgerLastSeq: log.run(ledgerRunKey)?.state.lastSeq ?? beforeFirstSeq,
  };
};
