import { MessageChannel } from 'node:worker_threads';
import { equal, is } from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { SessionTask } from '../../../actors/protocol/threads/session-messages.ts';
import { createReaders } from '../../../runtime/threads/readers.ts';
import { createSessionThreads } from '../../../runtime/threads/session-threads.ts';
import { suite } from '../../support/suite.ts';
import { closeWorlds, createWorld, ended, errorOf, start } from '../../support/world.ts';

const test = suite('threads after a stop', { timeLimitMs: 60_000 });
test.after(closeWorlds);

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, close: () => {} };

/** Threads that keep this process alive, once those that were told to end have had their turn. */
const threads = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;

test('a query that comes late is refused, and starts no thread that would keep the process for ever', async () => {
  const world = createWorld('late');
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'quick');
  await ended(runtime, id);
  await world.close();
  const before = threads();
  is((await errorOf(runtime.session(id))).code, 'runtime.stopping');
  is(threads(), before);

  const readers = createReaders({ databasePath: world.directory.database, log: silent });
  await readers.session(id);
  await readers.stop();
  is((await errorOf(readers.session(id))).code, 'runtime.stopping');
  equal(readers.look().workers, []);
});

test('a session that comes late is refused, and starts no thread either', async () => {
  const { port1, port2 } = new MessageChannel();
  const task: SessionTask = {
    sessionId: 'late' as SessionId,
    folder: '/',
    workingFolder: '/',
    agent: 'none',
    agentCommand: 'none',
    loginVariables: [],
    approvalPolicy: 'ask',
    mode: null,
    protocol: 1,
    choices: {},
    defaults: {},
    agentSessionId: null,
    takesUp: false,
    forks: false,
    mcpServers: [],
    additionalDirectories: [],
    limits: { cancelRetryMs: 1, interruptDeadlineMs: 1, startDeadlineMs: 1, maxStoredTextBytes: 1, maxRecapBytes: 0 },
    port: port1,
  };
  const pool = createSessionThreads({
    writer: { connectThread: () => {} },
    thread: { programVersion: 'test' },
    log: silent,
  });
  await pool.stop();
  is((await errorOf(pool.run(task))).code, 'runtime.stopping');
  equal((await pool.look()).threads, []);
  port1.close();
  port2.close();
});

test.run();
