import { MessagePort } from 'node:worker_threads';
import { equal, is, match, ok } from 'uvu/assert';
import type { ToSession } from '../../actors/protocol/threads/session-messages.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  errorOf,
  field,
  gone,
  historyOf,
  type OpenRuntime,
  rowOf,
  runsWithoutOneEnd,
  spoke,
  start,
  type World,
} from '../support/world.ts';

const test = suite('the boundaries around the actors of a session', { timeLimitMs: 120_000 });
test.after(closeWorlds);

/** Several sessions in each thread, all in the middle of their work. */
const sessionsAtWork = async (world: World, runtime: OpenRuntime) => {
  const sessions = await Promise.all(Array.from({ length: 6 }, () => start(runtime, world, 'hang')));
  await Promise.all(sessions.map(({ id }) => spoke(runtime, id)));
  const [broken, ...others] = sessions;
  if (broken === undefined) throw new Error('there are no sessions');
  return { broken, others };
};

/** The one failed for a reason that is in its log, its agent is gone and it can go on; the others never noticed. */
const onlyOneFailed = async (
  world: World,
  runtime: OpenRuntime,
  { broken, others }: Awaited<ReturnType<typeof sessionsAtWork>>,
  reason: string,
): Promise<void> => {
  const row = await ended(runtime, broken.id);
  is(row.status, 'Failed');
  match(row.failureReason ?? '', reason);
  const events = await historyOf(runtime, broken.id);
  const error = events.find(({ type }) => type === 'error');
  is(field(error, 'code'), 'internal');
  match(String(field(error, 'message')), reason);
  await gone('its agent', () => world.agents(broken.id));
  is(world.agents().length, others.length);
  for (const { id } of others) is((await rowOf(runtime, id)).status, 'Running');
  equal(
    runtime.logged.filter(({ message }) => message === 'a session thread died'),
    [],
  );
  for (const { id } of others) await runtime.interrupt(id);
  for (const { id } of others) is((await ended(runtime, id)).status, 'Interrupted');
  await runtime.resume(broken.id, 'Go on.');
  is((await ended(runtime, broken.id)).status, 'Completed');
  equal(runsWithoutOneEnd(await historyOf(runtime, broken.id)), []);
  is((await runtime.verify()).ok, true);
  await world.close();
};

/** What is posted next to a session's actor is one of its messages in a form that nobody expects. */
const spoilNext = (kind: ToSession['kind']): void => {
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (this: MessagePort, ...given: Parameters<typeof postMessage>) {
    const [message] = given;
    if (typeof message !== 'object' || message === null || message.kind !== kind) {
      postMessage.apply(this, given);
      return;
    }
    MessagePort.prototype.postMessage = postMessage;
    postMessage.apply(this, [{ kind: 'begin_run', run: null }]);
  };
};

test('[law 11] a fault in a session’s actor fails its run alone, and harms no other session of the thread', async () => {
  const world = createWorld('boundary');
  const runtime = await world.open();
  const sessions = await sessionsAtWork(world, runtime);
  spoilNext('interrupt');
  const error = await errorOf(runtime.interrupt(sessions.broken.id));
  is(error.code, 'internal');
  const said = runtime.logged.find(({ message }) => message === 'a session actor ended before its run');
  match(said?.text ?? '', 'TypeError');
  await onlyOneFailed(world, runtime, sessions, "the session's actor broke down: ");
});

test('[law 11] a fault in the main thread’s side of a session fails its run alone, and ends nothing else', async () => {
  const world = createWorld('boundary');
  const runtime = await world.open();
  const sessions = await sessionsAtWork(world, runtime);
  let told = 0;
  const unwatch = runtime.watchMachine(sessions.broken.id, () => {
    told += 1;
    throw new TypeError('a fault of ours');
  });
  await until('it is broken', async () => (await rowOf(runtime, sessions.broken.id)).status === 'Failed');
  unwatch();
  ok(told > 0);
  await onlyOneFailed(world, runtime, sessions, "the session's host broke down: a fault of ours");
});

test.run();
