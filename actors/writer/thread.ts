/** The writer's thread, a single writer: the only owner of a read-write connection to the database. */
import { getHeapStatistics } from 'node:v8';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { asThroughlineError, ThroughlineError } from '../protocol/facts/error.ts';
import { type Timestamp, toTimestamp } from '../protocol/facts/ids.ts';
import type { WriterControl, WriterNotice, WriterOptions, WriterRequest } from '../protocol/threads/writer-messages.ts';
import { readDatabaseId } from '../store/chain/compare-mark.ts';
import { headMarkPath, openHeadMark } from '../store/chain/head-mark.ts';
import { readLogEnd } from '../store/chain/log-end.ts';
import { isSqliteError } from '../store/file/sqlite.ts';
import { asStoreError, openStore } from '../store/open-store.ts';
import { type Commit, createCommit } from './commit.ts';
import { createCommitMeter } from './commit-meter.ts';
import { openEpoch } from './epoch.ts';
import { createSpaceKeeper } from './give-space-back.ts';
import { createLog } from './log.ts';
import { createMailbox, type Sender } from './mailbox.ts';
import { markCommits } from './mark-commits.ts';

const retryAfterMs = 500;
const spaceRetryAfterMs = 1_000;

const clock = (): Timestamp => toTimestamp(Date.now());

const start = (options: WriterOptions, notify: (notice: WriterNotice) => void) => {
  const database = openStore({
    path: options.databasePath,
    migrationsFolder: options.migrationsFolder,
    synchronous: options.synchronous,
  });
  const opened =
    options.epochKey === null
      ? openEpoch(database, {
          startPosition: readLogEnd(database).position,
          startedAt: clock(),
          programVersion: options.programVersion,
          pid: options.pid,
        })
      : { epochKey: options.epochKey, restored: [], agents: [], hasUnfinishedRemovals: false };
  const log = createLog(database, opened.epochKey, clock);

  const databaseId = readDatabaseId(database);
  if (databaseId === null) throw new ThroughlineError('internal', 'the database has no id');
  const head = openHeadMark(headMarkPath(options.databasePath), { databaseId, ...log.end() });
  const commit = markCommits({
    commit: createCommit(database, log, opened.epochKey),
    end: log.end,
    mark: head,
    onUnmarked: (error) => notify({ kind: 'unmarked', error: error.toPlain() }),
  });

  const space = createSpaceKeeper({
    database,
    schedule: setImmediate,
    scheduleRetry: (callback) => setTimeout(callback, spaceRetryAfterMs).unref(),
  });
  const afterCommit = (commit: Commit): void => {
    notify({ kind: 'committed', position: commit.position, sessions: commit.sessions });
    const removed = commit.replies.some((reply) => reply.kind === 'answer' && reply.answer.kind === 'removed');
    if (removed) space.request();
  };

  const meter = createCommitMeter(commit, log.position());
  const mailbox = createMailbox({
    commit: meter.commit,
    onCommitted: afterCommit,
    onPaused: (error) => notify({ kind: 'paused', error: error.toPlain() }),
    onDamaged: (error) => notify({ kind: 'damaged', error: error.toPlain() }),
    onResumed: () => notify({ kind: 'resumed' }),
    schedule: setImmediate,
    scheduleRetry: (callback) => setTimeout(callback, retryAfterMs),
  });

  notify({ kind: 'ready', position: log.position(), ...opened });
  return {
    connect: (port: MessagePort): void => {
      const sender: Sender = { reply: (reply) => port.postMessage(reply) };
      port.on('message', (request: WriterRequest) => mailbox.post(sender, request));
    },
    sample: (): void => {
      const sample = {
        heapUsedBytes: getHeapStatistics().used_heap_size,
        waiting: mailbox.depth(),
        paused: mailbox.isPaused(),
        commits: meter.sample(),
      };
      notify({ kind: 'sampled', sample });
    },
    stopSampling: meter.rest,
    close: (): void => {
      database.close();
      head.close();
    },
  };
};

if (parentPort === null) throw new ThroughlineError('internal', 'the writer runs in a thread of its own');
const runtime = parentPort;
const notify = (notice: WriterNotice): void => runtime.postMessage(notice);
let writer: ReturnType<typeof start> | null = null;

const open = (options: WriterOptions): void => {
  try {
    writer = start(options, notify);
  } catch (thrown) {
    // The disk may fail after the database was opened, too: at the beginning of the epoch.
    const isStore = isSqliteError(thrown);
    const error = isStore ? asStoreError(options.databasePath, thrown) : asThroughlineError(thrown);
    notify({ kind: 'not_ready', error: error.toPlain() });
    // Ends the thread in its own time, so that the notice gets out first.
    runtime.close();
  }
};

runtime.on('message', (control: WriterControl) => {
  switch (control.kind) {
    case 'open':
      open(control.options);
      return;
    case 'connect':
      writer?.connect(control.port);
      return;
    case 'sample':
      writer?.sample();
      return;
    case 'stop_sampling':
      writer?.stopSampling();
      return;
    case 'close':
      writer?.close();
      process.exit(0);
  }
});
