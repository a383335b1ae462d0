/** A real database with the writer's core over it, in the test's own thread. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeFact, type Fact, fact, type LedgerFact, type RunFact } from '../../actors/protocol/facts/events.ts';
import type { EpochKey, RunId, RunKey, Seq, SessionId, Timestamp } from '../../actors/protocol/facts/ids.ts';
import type { BegunRun, WriterReply, WriterRequest } from '../../actors/protocol/threads/writer-messages.ts';
import { openQueries, type Queries } from '../../actors/reader/open-queries.ts';
import { readDatabaseId } from '../../actors/store/chain/compare-mark.ts';
import { headMarkPath, openHeadMark } from '../../actors/store/chain/head-mark.ts';
import type { Database } from '../../actors/store/file/sqlite.ts';
import { openStore } from '../../actors/store/open-store.ts';
import { type Commit, createCommit } from '../../actors/writer/commit.ts';
import { closeEpoch, openEpoch } from '../../actors/writer/epoch.ts';
import { createLog, type Log } from '../../actors/writer/log.ts';
import { markCommits } from '../../actors/writer/mark-commits.ts';
import { temporaryFolder } from './temporary.ts';

export const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

export const at = (milliseconds: number): Timestamp => milliseconds as Timestamp;

export const prompt = (text = 'do it', origin: 'prompt' | 'resume' | 'continuation' = 'prompt'): RunFact =>
  fact('prompt', { text, origin }, at(1));

export const status = (
  name: 'starting' | 'running' | 'completed' | 'interrupted' | 'failed',
  reason?: string,
): RunFact => fact('status', reason === undefined ? { status: name } : { status: name, reason }, at(2));

export const message = (text: string): RunFact => fact('message', { text }, at(3));

export const created = (name: string): LedgerFact =>
  fact(
    'session_created',
    {
      name,
      agent: 'rehearsal',
      repository: '/repository',
      approvals: 'ask',
      worktree: true,
      branch: 'throughline/x',
      base: 'main',
      baseCommit: null,
      mode: null,
    },
    at(1),
  );

const raise = (error: Error): never => {
  throw error;
};

let nextId = 0;
/** An id in the shape of a UUID; later ones sort after earlier ones. */
export const newId = (): string => {
  nextId += 1;
  return `00000000-0000-7000-8000-${String(nextId).padStart(12, '0')}`;
};

export type LogWorld = {
  readonly path: string;
  readonly database: Database;
  readonly log: Log;
  readonly commit: (requests: readonly WriterRequest[]) => Commit;
  readonly queries: Queries;
  /** Opens a session with a first run, as the runtime does. */
  readonly openSession: (name?: string, facts?: readonly RunFact[]) => BegunRun & { readonly sessionId: SessionId };
  /** Begins the next run; `closing` closes one that is open. */
  readonly beginRun: (sessionId: SessionId, facts: readonly RunFact[], closing?: readonly RunFact[]) => BegunRun;
  /** Appends after what the run holds. Raises when the writer refuses. */
  readonly append: (runKey: RunKey, ...facts: readonly Fact[]) => void;
  readonly close: () => void;
};

export type LogWorldOptions = {
  readonly path?: string;
  readonly startedAt?: number;
  readonly closesCleanly?: boolean;
  /** Marks each commit beside the database, as the writer's thread does. */
  readonly marks?: boolean;
};

/** Opens a log (a new one, or an existing database again) and an epoch on it. */
export const openLogWorld = (options: LogWorldOptions = {}): LogWorld => {
  const path = options.path ?? join(temporaryFolder('log'), 'throughline.db');
  const database = openStore({ path, migrationsFolder, synchronous: 'NORMAL' });
  let now = options.startedAt ?? 1_000;
  const clock = (): Timestamp => {
    now += 1;
    return at(now);
  };
  const startPosition = createLog(database, 0 as EpochKey, clock).position();
  const { epochKey } = openEpoch(database, { startPosition, startedAt: clock(), programVersion: 'test', pid: 1 });
  const log = createLog(database, epochKey, clock);
  const databaseId = readDatabaseId(database) ?? '';
  const head = options.marks ? openHeadMark(headMarkPath(path), { databaseId, ...log.end() }) : null;
  const bare = createCommit(database, log, epochKey);
  const commit = head === null ? bare : markCommits({ commit: bare, end: log.end, mark: head, onUnmarked: raise });
  const queries = openQueries(path, { runtimeIsAlive: true });

  const begun = (request: WriterRequest): BegunRun => {
    const [reply] = commit([request]).replies;
    if (reply?.kind === 'answer' && reply.answer.kind === 'begun') return reply.answer.run;
    throw new Error(`not begun: ${JSON.stringify(reply)}`);
  };

  return {
    path,
    database,
    log,
    commit,
    queries,
    openSession: (name = 'a session', facts = [prompt()]) => {
      const sessionId = newId() as SessionId;
      const run = begun({
        kind: 'open_session',
        requestId: 1,
        sessionId,
        ledgerRunId: newId() as RunId,
        ledger: [encodeFact(created(name))],
        runId: newId() as RunId,
        events: facts.map(encodeFact),
      });
      return { ...run, sessionId };
    },
    beginRun: (sessionId, facts, closing = []) =>
      begun({
        kind: 'begin_run',
        requestId: 1,
        sessionId,
        runId: newId() as RunId,
        events: facts.map(encodeFact),
        closeOpenRun: closing.map(encodeFact),
      }),
    append: (runKey, ...facts) => {
      const firstSeq = ((log.run(runKey)?.state.lastSeq ?? 0) + 1) as Seq;
      const reply = commit([{ kind: 'append', batches: [{ runKey, firstSeq, events: facts.map(encodeFact) }] }])
        .replies[0];
      const result = resultOf(reply);
      if (result?.kind !== 'appended') throw new Error(`not appended: ${JSON.stringify(result)}`);
    },
    close: () => {
      queries.close();
      if (options.closesCleanly !== false) closeEpoch(database, epochKey, clock());
      database.close();
      head?.close();
    },
  };
};

export const resultOf = (reply: WriterReply | undefined) =>
  reply?.kind === 'acknowledged' ? reply.results[0] : undefined;
