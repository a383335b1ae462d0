/** Prompts that wait, through a real runtime and the rehearsal agent. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is } from 'uvu/assert';
import { type SessionId, type Timestamp, toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import type { Runtime } from '../../../runtime/surface.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  errorOf,
  field,
  historyOf,
  rowOf,
  spoke,
  start,
} from '../../support/world.ts';

const test = suite('prompts that wait', { timeLimitMs: 120_000 });
test.after(closeWorlds);

/** A script whose first turn waits for a file, and whose next turns end at once; `breaks` fails the first. */
const waitingWorld = async (breaks = false) => {
  const world = createWorld('queue');
  const go = join(temporaryFolder('go'), 'go');
  const waits = { do: 'run' as const, command: `until test -e ${go}; do sleep 0.05; done` };
  const first = {
    steps: [
      { do: 'say' as const, text: 'begun' },
      waits,
      ...(breaks ? [{ do: 'error' as const, message: 'no more' }] : []),
    ],
  };
  const turns = [first, ...Array.from({ length: 6 }, () => ({ steps: [{ do: 'say' as const, text: 'next' }] }))];
  const agent = world.script('waits', ...turns);
  const runtime = await world.open();
  const { id } = await start(runtime, world, agent, { approvals: 'allow' });
  await spoke(runtime, id);
  return { world, runtime, id, letGo: () => writeFileSync(go, '') };
};

const queued = async (runtime: Runtime, id: SessionId, prompt: string, evenAfterFailure = false) => {
  const answer = await runtime.queuePrompt(id, { prompt, evenAfterFailure });
  if (!answer.queued) throw new Error(`${prompt} was sent`);
  return answer;
};

const inMs = (ms: number): Timestamp => toTimestamp(Date.now() + ms);

const textsIn = async (runtime: Runtime, id: SessionId) => (await runtime.queue(id)).prompts.map(({ text }) => text);

const promptsOf = async (runtime: Runtime, id: SessionId) =>
  (await historyOf(runtime, id)).filter(({ type }) => type === 'prompt').map((event) => field(event, 'text'));

test('[law 20] they wait in order while a run is under way, are changed, moved and withdrawn, and then go one by one', async () => {
  const { world, runtime, id, letGo } = await waitingWorld();
  const one = await queued(runtime, id, 'one');
  const two = await queued(runtime, id, 'two');
  const three = await queued(runtime, id, 'three');
  equal([one.place, two.place, three.place], [1, 2, 3]);
  is((await rowOf(runtime, id)).work.queuedPrompts, 3);
  await runtime.changeQueued(id, three.queueId, { place: 1, prompt: 'three, first' });
  await runtime.withdrawQueued(id, two.queueId);
  equal(await textsIn(runtime, id), ['three, first', 'one']);
  is((await runtime.queue(id)).holds, 'run');
  is((await errorOf(runtime.withdrawQueued(id, two.queueId))).code, 'queue.not_found');
  is((await errorOf(runtime.sendQueued(id, one.queueId))).code, 'session.busy');
  is(
    (await errorOf(runtime.queuePrompt(id, { prompt: ' ', evenAfterFailure: false }))).code,
    'session.prompt_required',
  );
  letGo();
  await until('all have gone', async () => (await rowOf(runtime, id)).runCount === 3);
  is((await ended(runtime, id)).status, 'Completed');
  equal(await promptsOf(runtime, id), ['Do it.', 'three, first', 'one']);
  equal(await runtime.queue(id), { prompts: [], holds: null });
  const now = await runtime.queuePrompt(id, { prompt: 'at once', evenAfterFailure: false });
  is(now.queued, false, 'nothing is under way');
  await ended(runtime, id);
  is((await runtime.verify()).ok, true);
  await world.close();
});

test('after a failure they are held until a person sends one, but for those that go in any case', async () => {
  const { world, runtime, id, letGo } = await waitingWorld(true);
  const one = await queued(runtime, id, 'one');
  await queued(runtime, id, 'two', true);
  letGo();
  await until('it has failed', async () => (await rowOf(runtime, id)).status === 'Failed');
  is((await runtime.queue(id)).holds, 'failed');
  equal(await textsIn(runtime, id), ['one', 'two'], 'the second waits behind the first');
  await runtime.sendQueued(id, one.queueId);
  await until('both have gone', async () => (await rowOf(runtime, id)).work.queuedPrompts === 0);
  equal((await promptsOf(runtime, id)).slice(0, 2), ['Do it.', 'one']);
  await ended(runtime, id);
  await world.close();
});

test('[law 20] they are there after a restart, and wait for the session to be resumed', async () => {
  const { world, runtime, id, letGo } = await waitingWorld();
  await queued(runtime, id, 'one');
  await queued(runtime, id, 'two');
  await runtime.stop();
  const next = await world.open();
  equal(await textsIn(next, id), ['one', 'two']);
  is((await next.queue(id)).holds, 'restored');
  letGo();
  await next.resume(id, 'Go on.');
  await until('both have gone', async () => (await rowOf(next, id)).work.queuedPrompts === 0);
  await ended(next, id);
  equal(await promptsOf(next, id), ['Do it.', 'Go on.', 'one', 'two']);
  await world.close();
});

test('[law 20] one that waits for a time lets others pass, says until when, and is sent once when it has come', async () => {
  const { world, runtime, id, letGo } = await waitingWorld();
  const tomorrow = await runtime.queuePrompt(id, { prompt: 'tomorrow', evenAfterFailure: false, at: inMs(86_400_000) });
  await queued(runtime, id, 'one');
  is((await runtime.queue(id)).holds, 'run');
  is((await rowOf(runtime, id)).waitingFor, null, 'a run is under way');
  letGo();
  await until('what waits for no time has gone', async () => (await rowOf(runtime, id)).runCount === 2);
  await ended(runtime, id);
  const waits = await rowOf(runtime, id);
  is(waits.waitingFor, 'schedule');
  is((await runtime.queue(id)).holds, 'schedule');
  is(waits.waitingUntil, (await runtime.queue(id)).prompts[0]?.at);
  const now = await runtime.queuePrompt(id, { prompt: 'now', evenAfterFailure: false });
  is(now.queued, false, 'it is not behind one that waits for its time');
  await ended(runtime, id);
  const soon = inMs(400);
  await runtime.queuePrompt(id, { prompt: 'soon', evenAfterFailure: false, at: soon });
  is((await rowOf(runtime, id)).waitingUntil, soon, 'the earliest');
  await until('its time has come', async () => (await rowOf(runtime, id)).runCount === 4);
  is(Date.now() >= soon, true);
  await ended(runtime, id);
  equal(await promptsOf(runtime, id), ['Do it.', 'one', 'now', 'soon']);
  if (tomorrow.queued) await runtime.withdrawQueued(id, tomorrow.queueId);
  is((await rowOf(runtime, id)).waitingFor, null);
  is((await runtime.verify()).ok, true);
  await world.close();
});

test('[law 20] what fell due while no runtime was there is sent once by the next, whatever became of the last run', async () => {
  const { world, runtime, id, letGo } = await waitingWorld(true);
  letGo();
  await until('it has failed', async () => (await rowOf(runtime, id)).status === 'Failed');
  const soon = inMs(1_000);
  await runtime.queuePrompt(id, { prompt: 'soon', evenAfterFailure: false, at: soon });
  is((await rowOf(runtime, id)).waitingUntil, soon, 'who gives a time now knows that the run has failed');
  await runtime.stop();
  await until('it is due', () => Date.now() > soon);
  const next = await world.open();
  await until('it has gone', async () => (await rowOf(next, id)).runCount === 2);
  await ended(next, id);
  await next.stop();
  const last = await world.open();
  equal(await promptsOf(last, id), ['Do it.', 'soon']);
  equal(await last.queue(id), { prompts: [], holds: null });
  await world.close();
});

test.run();
