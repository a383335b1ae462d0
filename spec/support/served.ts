import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { HistoryEvent } from '../../actors/protocol/facts/events.ts';
import type { RunId, SessionId } from '../../actors/protocol/facts/ids.ts';
import { type Client, createClient } from '../../runtime/client/client.ts';
import { type DataDirectory, readOwner, readToken } from '../../runtime/data/data-directory.ts';
import type { HistoryPlace, Runtime, Started } from '../../runtime/surface.ts';
import { until } from './until.ts';

const program = fileURLToPath(new URL('../../dist/throughline.js', import.meta.url));

type Offered = Pick<
  Runtime,
  | 'dashboard'
  | 'session'
  | 'history'
  | 'startSession'
  | 'prompt'
  | 'resume'
  | 'interrupt'
  | 'rename'
  | 'remove'
  | 'work'
  | 'restore'
  | 'verify'
>;

/** The shipped program's runtime, a process of its own, spoken to over its gateway. */
export type Served = Offered & {
  readonly pid: number;
  readonly client: Client;
  /** SIGKILL, as a crash of the machine's owner would have it; resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  /** Asks it to stop with a signal, and gives the exit code. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
};

const running = new Set<() => Promise<void>>();

// A test process that ends by an error of its own leaves none behind either; the signal is sent at once.
process.prependListener('exit', () => {
  for (const kill of running) void kill();
});

/** For a suite's `after`: kills what a test that failed in its middle left running. */
export const killServed = async (): Promise<void> => {
  await Promise.all([...running].map((kill) => kill()));
};

/**
 * Starts `throughline serve` on a data directory and waits until it answers. Raises with what it said when it ends,
 * also when `killed` has killed it before that.
 */
export const serve = async (
  directory: DataDirectory,
  more: readonly string[] = [],
  killed?: AbortSignal,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Served> => {
  const child = spawn(process.execPath, [program, 'serve', '--data', directory.root, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  const { pid } = child;
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()));
  let hasEnded = false;
  const ended = new Promise<number | null>((resolve) =>
    child.once('close', (code) => {
      hasEnded = true;
      resolve(code);
    }),
  );
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  running.add(kill);
  void ended.then(() => running.delete(kill));
  killed?.addEventListener('abort', () => child.kill('SIGKILL'));
  if (pid === undefined) throw new Error('the program could not be started');

  const client = await until('the runtime answers', async () => {
    if (hasEnded) throw new Error(`the runtime ended with ${child.exitCode ?? child.signalCode}: ${said.trim()}`);
    const owner = readOwner(directory);
    const token = owner?.pid === pid ? readToken(directory) : null;
    if (owner === null || token === null) return null;
    const candidate = createClient({ url: owner.url, token });
    return candidate.call('health', {}).then(
      () => candidate,
      () => null,
    );
  });

  const begun = async (answer: Promise<{ id: string; runId: string; run: number }>): Promise<Started> =>
    (await answer) as Started;

  return {
    pid,
    client,
    kill,
    stop: (name = 'SIGTERM') => {
      child.kill(name);
      return ended;
    },
    dashboard: () => client.call('dashboard', {}),
    session: (id) => client.call('session', { parameters: { id } }),
    history: async (id, after, limit) => {
      const query = { limit, ...(after === null ? {} : { after: `${after.run}:${after.seq}` }) };
      const page = await client.call('history', { parameters: { id }, query });
      return { events: page.events.map(asHistoryEvent), next: placeOf(page.next) };
    },
    startSession: (body) => begun(client.call('startSession', { body })),
    prompt: (id, prompt) => begun(client.call('prompt', { parameters: { id }, body: { prompt } })),
    resume: (id, prompt) => begun(client.call('resume', { parameters: { id }, body: { prompt } })),
    interrupt: async (id) => void (await client.call('interrupt', { parameters: { id }, body: {} })),
    rename: async (id: SessionId, name: string) =>
      void (await client.call('rename', { parameters: { id }, body: { name } })),
    remove: (id: SessionId, { force }) =>
      client.call('remove', { parameters: { id }, query: { force: force ? 'true' : 'false' } }),
    work: (id) => client.call('work', { parameters: { id } }),
    restore: (id, body) => client.call('restore', { parameters: { id }, body }),
    // A large log takes its time; fetch itself waits no longer than five minutes.
    verify: () => client.call('verify', {}, { timeLimitMs: 290_000 }),
  };
};

const asHistoryEvent = (event: Omit<HistoryEvent, 'runId'> & { readonly runId: string }): HistoryEvent => ({
  ...event,
  runId: event.runId as RunId,
});

const placeOf = (next: string | null): HistoryPlace | null => {
  if (next === null) return null;
  const [run, seq] = next.split(':').map(Number);
  return { run: run ?? 0, seq: seq ?? 0 };
};
