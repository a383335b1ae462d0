/**
 * What the program is compared with: prepared statements in one thread, over the same schema, pragmas and disk, with
 * nothing around them. No projection, no acknowledgement, no message.
 */
import { parentPort } from 'node:worker_threads';
import { openStore } from '../../actors/store/open-store.ts';
import { nowMs } from '../clock.ts';

export type ToRawThread =
  /** Reads the events of a recorded run into memory, and makes a database with all that came before it. */
  | {
      readonly kind: 'prepare';
      readonly recordedPath: string;
      readonly path: string;
      readonly migrationsFolder: string;
      readonly afterPosition: number;
    }
  /** Inserts them in their order, a transaction up to each of the given positions, and closes the database. */
  | { readonly kind: 'replay'; readonly commits: readonly number[] }
  /** Inserts the first `count` of them with a transaction each. Ends early at the time limit. */
  | { readonly kind: 'one_by_one'; readonly count: number; readonly limitMs: number }
  /** The same, the database left open, with a pause before each; gives how long each transaction took. */
  | { readonly kind: 'lone'; readonly count: number; readonly pauseMs: number };

export type FromRawThread = {
  readonly events: number;
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
};

type Row = readonly [
  position: number,
  runKey: number,
  seq: number,
  type: string,
  version: number,
  payload: string,
  occurredAt: number,
  recordedAt: number,
  hash: Uint8Array,
];

const columns = 'position, run_key, seq, type, version, payload, occurred_at, recorded_at, hash';

const prepare = ({
  recordedPath,
  path,
  migrationsFolder,
  afterPosition,
}: Extract<ToRawThread, { kind: 'prepare' }>) => {
  const database = openStore({ path, migrationsFolder, synchronous: 'FULL' });
  database.prepare('ATTACH ? AS recorded').run(recordedPath);
  const rows = database
    .prepare(`SELECT ${columns} FROM recorded.session_events WHERE position > ? ORDER BY position`)
    .raw()
    .all(afterPosition) as Row[];
  for (const table of ['epochs', 'sessions', 'runs']) {
    database.exec(`INSERT INTO main.${table} SELECT * FROM recorded.${table}`);
  }
  database
    .prepare(`INSERT INTO main.session_events SELECT * FROM recorded.session_events WHERE position <= ?`)
    .run(afterPosition);
  database.exec('DETACH recorded');
  database.pragma('wal_checkpoint(TRUNCATE)');
  const statements = {
    begin: database.prepare('BEGIN IMMEDIATE'),
    insert: database.prepare(`INSERT INTO session_events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    commit: database.prepare('COMMIT'),
  };
  return { database, rows, statements, next: 0 };
};

type Prepared = ReturnType<typeof prepare>;

const insertUpTo = (prepared: Prepared, position: number): void => {
  const { rows, statements } = prepared;
  statements.begin.run();
  for (let row = rows[prepared.next]; row !== undefined && row[0] <= position; row = rows[prepared.next]) {
    statements.insert.run(...row);
    prepared.next += 1;
  }
  statements.commit.run();
};

const insertOne = (prepared: Prepared): void => insertUpTo(prepared, prepared.rows[prepared.next]?.[0] ?? 0);

const replay = (prepared: Prepared, commits: readonly number[]): FromRawThread => {
  const from = nowMs();
  for (const position of commits) insertUpTo(prepared, position);
  prepared.database.close();
  return { events: prepared.next, elapsedMs: nowMs() - from, latenciesMs: [] };
};

const oneByOne = (prepared: Prepared, count: number, limitMs: number): FromRawThread => {
  const from = nowMs();
  while (prepared.next < count && nowMs() - from < limitMs) insertOne(prepared);
  prepared.database.close();
  return { events: prepared.next, elapsedMs: nowMs() - from, latenciesMs: [] };
};

const lone = async (prepared: Prepared, count: number, pauseMs: number): Promise<FromRawThread> => {
  const latenciesMs: number[] = [];
  const began = nowMs();
  for (let index = 0; index < count; index += 1) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const from = nowMs();
    insertOne(prepared);
    latenciesMs.push(nowMs() - from);
  }
  return { events: count, elapsedMs: nowMs() - began, latenciesMs };
};

const main = parentPort;
if (main === null) throw new Error('this runs in a thread of its own');

let prepared: Prepared | null = null;

const perform = async (request: ToRawThread): Promise<FromRawThread> => {
  if (request.kind === 'prepare') {
    prepared = prepare(request);
    return { events: prepared.rows.length, elapsedMs: 0, latenciesMs: [] };
  }
  if (prepared === null) throw new Error('nothing is prepared');
  switch (request.kind) {
    case 'replay':
      return replay(prepared, request.commits);
    case 'one_by_one':
      return oneByOne(prepared, request.count, request.limitMs);
    case 'lone':
      return lone(prepared, request.count, request.pauseMs);
  }
};

main.on('message', async (request: ToRawThread) => main.postMessage(await perform(request)));
