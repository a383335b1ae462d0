/** SIGKILL of the runtime around the time at which a paused run goes on: it goes on once, and is never forgotten. */
import { equal, is, ok } from 'uvu/assert';
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
const kills = isLong ? 60 : 6;

const test = suite('a limit in whose pause the runtime is killed', { timeLimitMs: isLong ? 3_600_000 : 300_000 });
test.after(closeWorlds);

test('[law 20] a paused run goes on once, by itself or as it was in flight, whatever is killed', async () => {
  const world = createWorld('limit-kill');
  const done = { steps: [{ do: 'say' as const, text: 'done' }] };
  const refused = { steps: [{ do: 'error' as const, code: 429, message: 'Quota reached. Resets in 1h0m0s.' }] };
  let runtime = await serve(world.directory);
  let byThemselves = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const { id } = await start(runtime, world, world.script(`limited-${kill}`, refused, done, done, done));
    await until('it is paused', async () => (await rowOf(runtime, id)).waitingFor === 'limit');
    await runtime.client.call('continue', { parameters: { id }, body: { at: Date.now() + 150 } });
    await aWhile(kill === 0 ? 0 : Math.random() * 500);
    await runtime.kill();
    runtime = await serve(world.directory);
    const row = await rowOf(runtime, id);
    const hadGoneOn = row.restored && row.waitingFor === null;
    // What was in flight goes on when a person says so; what was paused goes on by itself.
    if (hadGoneOn) await runtime.resume(id, 'Go on.');
    else byThemselves += 1;
    await ended(runtime, id);
    const events = await historyOf(runtime, id);
    assertInOrder(events);
    const told = events.flatMap((event) => {
      if (event.type === 'paused' || event.type === 'continued') return [event.type];
      return event.type === 'prompt' ? [String(field(event, 'origin'))] : [];
    });
    const wentOn = told.filter((word) => word === 'continued' || word === 'continuation');
    is(wentOn.length, 1, told.join(' '));
    equal(told.slice(0, 3), ['prompt', 'paused', wentOn[0]]);
  }
  ok(byThemselves > 0);
  is((await runtime.verify()).ok, true);
  is(await runtime.stop(), 0);
});

test.run();
