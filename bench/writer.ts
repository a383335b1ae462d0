/** The shipped writer in its thread, connected as the runtime connects it, and told to begin runs. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { encodeFact, fact } from '../actors/protocol/facts/events.ts';
import type { Position, RunId, RunKey, SessionId, Timestamp } from '../actors/protocol/facts/ids.ts';
import type {
  CommandAnswer,
  WriterCommand,
  WriterControl,
  WriterNotice,
  WriterOptions,
  WriterReply,
} from '../actors/protocol/threads/writer-messages.ts';

export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));

export type BenchWriter = {
  /** A port to the writer, for a session thread. */
  readonly connect: () => MessagePort;
  /** Begins sessions, each with its first run. */
  readonly openRuns: (count: number) => Promise<readonly RunKey[]>;
  /** The last position of each commit since the writer began: where the batches end. */
  readonly commits: readonly Position[];
  /** Closes the database, which empties the write-ahead log into it, and waits for the thread's end. Idempotent. */
  readonly close: () => Promise<void>;
};

export const startWriter = async (
  databasePath: string,
  options: { readonly execArgv?: readonly string[] } = {},
): Promise<BenchWriter> => {
  const worker = new Worker(new URL('../dist/writer.js', import.meta.url), { execArgv: [...(options.execArgv ?? [])] });
  const opening: WriterOptions = {
    databasePath,
    migrationsFolder,
    synchronous: 'FULL',
    programVersion: 'bench',
    pid: process.pid,
    epochKey: null,
  };
  worker.postMessage({ kind: 'open', options: opening } satisfies WriterControl);
  const commits: Position[] = [];
  await new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', (notice: WriterNotice) => {
      if (notice.kind === 'ready') resolve();
      else if (notice.kind === 'committed') commits.push(notice.position);
      else reject(new Error(`the writer says ${JSON.stringify(notice)}`));
    });
  });

  const connect = (): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ kind: 'connect', port: port1 } satisfies WriterControl, [port1]);
    return port2;
  };

  const port = connect();
  const answered = new Map<number, (answer: CommandAnswer) => void>();
  port.on('message', (reply: WriterReply) => {
    if (reply.kind === 'answer') answered.get(reply.requestId)?.(reply.answer);
  });
  let requests = 0;

  const openRun = async (index: number): Promise<RunKey> => {
    const at = Date.now() as Timestamp;
    requests += 1;
    const requestId = requests;
    const answer = await new Promise<CommandAnswer>((resolve) => {
      answered.set(requestId, resolve);
      port.postMessage({
        kind: 'open_session',
        requestId,
        sessionId: randomUUID() as SessionId,
        ledgerRunId: randomUUID() as RunId,
        ledger: [encodeFact(createdFact(index, at))],
        runId: randomUUID() as RunId,
        events: [encodeFact(fact('prompt', { text: 'measure', origin: 'prompt' }, at))],
      } satisfies WriterCommand);
    });
    if (answer.kind !== 'begun') throw new Error(`the writer answers ${JSON.stringify(answer)}`);
    return answer.run.runKey;
  };

  const close = async (): Promise<void> => {
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage({ kind: 'close' } satisfies WriterControl);
    await ended;
    port.close();
  };
  let closed: Promise<void> | null = null;

  return {
    connect,
    commits,
    openRuns: (count) => Promise.all(Array.from({ length: count }, (_, index) => openRun(index))),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
};

export const createdFact = (index: number, at: Timestamp) =>
  fact(
    'session_created',
    {
      name: `session ${index}`,
      agent: 'rehearsal',
      repository: '/home/somebody/a-repository',
      approvals: 'allow',
      worktree: true,
      branch: `throughline/session-${index}`,
      base: 'main',
      baseCommit: '0123456789abcdef0123456789abcdef01234567',
      mode: null,
    },
    at,
  );
