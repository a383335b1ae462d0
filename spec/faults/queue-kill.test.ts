/** SIGKILL of the runtime while prompts wait and are sent: each becomes one run, in their order. */
import { equal, is } from 'uvu/assert';
import { toTimestamp } from '../../actors/protocol/facts/ids.ts';
import { serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import {
  assertInOrder,
  aWhile,
  closeWorlds,
  createWorld,
  ended,
  field,
  historyOf,
  rowOf,
  start,
} from '../support/world.ts';

const isLong = process.env.THROUGHLINE_FAULTS === 'long';
const kills = isLong ? 40 : 5;
const queued = 12;

const test = suite('a queue of prompts whose runtime is killed', { timeLimitMs: isLong ? 3_600_000 : 300_000 });
test.after(closeWorlds);

test('[law 20] every prompt that waited is sent once and in its order, whatever is killed', async () => {
  const world = createWorld('queue-kill');
  const turns = Array.from({ length: queued + kills + 5 }, () => ({ steps: [{ do: 'say' as const, text: 'done' }] }));
  const agent = world.script('short', ...turns);
  let runtime = await serve(world.directory);
  const { id } = await start(runtime, world, agent);
  await ended(runtime, id);
  const texts: string[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    for (let count = 0; count < Math.ceil(queued / kills); count += 1) {
      const text = `follow-up ${texts.length + 1}`;
      await runtime.client.call('queuePrompt', { parameters: { id }, body: { prompt: text, evenAfterFailure: true } });
      texts.push(text);
    }
    await aWhile(Math.random() * 400);
    await runtime.kill();
    runtime = await serve(world.directory);
    // What was in flight goes on when a person says so; what waits follows by itself.
    const row = await rowOf(runtime, id);
    if (row.restored) await runtime.resume(id, 'Go on.');
  }
  await until('nothing waits', async () => (await rowOf(runtime, id)).work.queuedPrompts === 0);
  await ended(runtime, id);
  const events = await historyOf(runtime, id);
  assertInOrder(events);
  const sent = events.filter(({ type }) => type === 'prompt').map((event) => String(field(event, 'text')));
  equal(
    sent.filter((text) => text.startsWith('follow-up')),
    texts,
  );
  is((await runtime.verify()).ok, true);
  is(await runtime.stop(), 0);
});

test('[law 20] every prompt that waits for its time is sent once and not before it, whatever is killed', async () => {
  const world = createWorld('later-kill');
  const turns = Array.from({ length: 3 * kills + 5 }, () => ({ steps: [{ do: 'say' as const, text: 'done' }] }));
  const agent = world.script('short', ...turns);
  let runtime = await serve(world.directory);
  const { id } = await start(runtime, world, agent);
  await ended(runtime, id);
  const times = new Map<string, number>();
  for (let kill = 0; kill < kills; kill += 1) {
    const at = toTimestamp(Date.now() + Math.floor(300 * Math.random()));
    const body = { prompt: `later ${kill}`, evenAfterFailure: true, at };
    await runtime.client.call('queuePrompt', { parameters: { id }, body });
    times.set(body.prompt, at);
    await aWhile(Math.random() * 500);
    await runtime.kill();
    runtime = await serve(world.directory);
    if ((await rowOf(runtime, id)).restored) await runtime.resume(id, 'Go on.');
  }
  await until('nothing waits', async () => (await rowOf(runtime, id)).work.queuedPrompts === 0);
  await ended(runtime, id);
  const sent = (await historyOf(runtime, id)).filter((event) => times.has(String(field(event, 'text'))));
  const prompts = sent.filter(({ type }) => type === 'prompt');
  equal(prompts.map((event) => String(field(event, 'text'))).sort(), [...times.keys()].sort());
  for (const event of prompts) is(event.occurredAt >= (times.get(String(field(event, 'text'))) ?? 0), true);
  is((await runtime.verify()).ok, true);
  is(await runtime.stop(), 0);
});

test.run();
