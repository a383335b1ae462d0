import { MessagePort } from 'node:worker_threads';
import { equal, is, ok } from 'uvu/assert';
import { type SystemSample, systemSample } from '../../../actors/protocol/gateway/actor-system.ts';
import type { Runtime } from '../../../runtime/surface.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { closeWorlds, createWorld, ended, happened, spoke, start } from '../../support/world.ts';

const test = suite('the actor system, watched');
test.after(closeWorlds);

/** Follows the samples of a runtime. */
const follow = (runtime: Pick<Runtime, 'watchActors'>) => {
  const samples: SystemSample[] = [];
  const end = runtime.watchActors((sample) => samples.push(sample));
  return {
    end,
    samples,
    /** The first sample from now on that fits. */
    next: (what: string, fits: (sample: SystemSample) => boolean = () => true): Promise<SystemSample> => {
      const from = samples.length;
      return until(`a sample says that ${what}`, () => samples.slice(from).find(fits));
    },
  };
};

const sessionsIn = (sample: SystemSample) => sample.sessions.threads.flatMap((thread) => thread.sessions);

test('a sample says what is: which session is in which thread, its agent, what was committed', async () => {
  const world = createWorld('sampled');
  const runtime = await world.open();
  const before = runtime.head();
  const watching = follow(runtime);
  const quiet = await watching.next('it is there');
  equal(systemSample.parse(quiet), quiet, 'it is what its schema says');
  equal(sessionsIn(quiet), []);
  equal(quiet.agents, []);
  is(quiet.writer.thread?.commits.events, 0);

  const asking = world.script('asking', { steps: [{ do: 'edit', path: 'a.txt', text: 'a', approval: true }] });
  const [hanging, waiting] = await Promise.all([start(runtime, world, 'hang'), start(runtime, world, asking)]);
  await spoke(runtime, hanging.id);
  await happened(runtime, waiting.id, 'approval is asked for', ({ type }) => type === 'approval_requested');
  const busy = await watching.next('both are at work', (sample) => sample.agents.length === 2);
  const bySession = new Map(sessionsIn(busy).map((session) => [session.sessionId, session]));
  is(bySession.get(hanging.id)?.status, 'running');
  is(bySession.get(hanging.id)?.run, 1);
  is(bySession.get(hanging.id)?.openApprovals, 0);
  is(bySession.get(waiting.id)?.openApprovals, 1);
  const threads = busy.sessions.threads.map(({ threadId }) => threadId);
  is(new Set(threads).size, threads.length);
  ok(busy.readers.threads.length > 0, 'somebody has read');
  for (const { sessionId, pid, memoryBytes } of busy.agents) {
    ok(world.agents(sessionId).includes(pid), 'the pid is the agent’s');
    if (process.platform === 'linux') ok((memoryBytes ?? 0) > 1_000_000, `${memoryBytes} bytes`);
  }
  ok(busy.main.memoryBytes > busy.main.heapUsedBytes);

  await runtime.interrupt(hanging.id);
  await runtime.interrupt(waiting.id);
  await Promise.all([ended(runtime, hanging.id), ended(runtime, waiting.id)]);
  const head = runtime.head();
  const after = await watching.next('all is committed', ({ position }) => position === head);
  is(after.writer.thread?.commits.events, head - before, 'what was committed is what was appended');
  const { commits } = after.writer.thread ?? {};
  ok(commits?.spread && commits.spread.durationMs.p50 > 0 && commits.spread.events.largest >= 1);
  ok(commits.last.length > 0 && commits.last.length <= 64);
  equal(
    sessionsIn(after).map(({ pending }) => pending),
    sessionsIn(after).map(() => 0),
  );
  watching.end();
  await world.close();
});

test('a writer that died is counted, and the new one tells of itself', async () => {
  const world = createWorld('writer');
  const runtime = await world.open();
  const watching = follow(runtime);
  const first = await watching.next('there is a writer', ({ writer }) => writer.thread !== null);
  equal(first.writer.restarts, { total: 0, used: 0, budget: 3, withinMs: 60_000 });
  await runtime.faults.crashWriter();
  const again = await watching.next('there is another', ({ writer }) => {
    return writer.thread !== null && writer.thread.threadId !== first.writer.thread?.threadId;
  });
  is(again.writer.restarts.total, 1);
  is(again.writer.restarts.used, 1);
  watching.end();
  await world.close();
});

/** The messages about sampling and watching that this thread sends to any other while `body` runs. */
const messagesDuring = async (body: () => Promise<unknown>): Promise<readonly string[]> => {
  const sent: string[] = [];
  // A worker's own messages go through its port as well.
  const original = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (this: MessagePort, message: unknown, ...rest: never[]): void {
    const kind = typeof message === 'object' && message !== null ? String(Reflect.get(message, 'kind')) : '';
    if (/sampl|machine/.test(kind)) sent.push(kind);
    original.call(this, message, ...rest);
  };
  try {
    await body();
  } finally {
    MessagePort.prototype.postMessage = original;
  }
  return sent;
};

test('while nobody watches no thread is asked anything, and the last to go turns it all off', async () => {
  const world = createWorld('unwatched');
  const runtime = await world.open();
  const work = async (): Promise<void> => {
    const { id } = await start(runtime, world, 'quick');
    await ended(runtime, id);
  };
  equal(await messagesDuring(work), [], 'nobody has watched yet');

  const watched = await messagesDuring(async () => {
    const [one, two] = [follow(runtime), follow(runtime)];
    await work();
    await one.next('it goes on');
    one.end();
    await two.next('one is still watching');
    two.end();
    two.end();
  });
  ok(watched.filter((kind) => kind === 'sample').length >= 4, 'threads are asked');
  equal(
    watched.filter((kind) => kind === 'stop_sampling'),
    ['stop_sampling'],
    'once, by the last',
  );

  equal(await messagesDuring(work), [], 'nobody watches any more');
  const again = follow(runtime);
  const sample = await again.next('somebody watches again', ({ writer }) => writer.thread !== null);
  equal(sample.number, 1);
  equal(sample.writer.thread?.commits.last, [], 'no commit was timed meanwhile');
  ok((sample.writer.thread?.commits.count ?? 0) > 0, 'and each was counted');
  again.end();
  await world.close();
});

test.run();
