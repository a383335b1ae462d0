/** What waits for the agent, over the death of the runtime: `kill -9` beside the run, and as it is being sent. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Served, serve } from '../../support/served.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { closeWorlds, createWorld, ended, field, historyOf, request, spoke } from '../../support/world.ts';

const test = suite('the queue of a review, killed');
test.after(closeWorlds);

const say = { do: 'say', text: 'Here.', everyMs: 0 } as const;

test('[law 20] what waits is sent once, whenever the runtime is killed', async () => {
  const world = createWorld('queue-killed');
  const hold = join(world.repository, '..', 'hold');
  const agent = world.script(
    'slow',
    { steps: [{ do: 'edit', path: 'a.txt', text: 'one\ntwo\n' }] },
    { steps: [say, { do: 'run', command: `while [ ! -e '${hold}' ]; do sleep 0.05; done` }] },
    { steps: [say] },
  );
  let served: Served = await serve(world.directory);
  const { id } = await served.startSession(request(world, agent, { worktree: true, approvals: 'allow' }));
  const parameters = { id };
  const work = () => served.client.call('work', { parameters });
  await until('the first run is kept', async () => (await work()).snapshots.length === 2);
  const { to: tree } = await served.client.call('reviewFiles', { parameters, query: { range: 'base' } });
  const { commentId } = await served.client.call('comment', {
    parameters,
    body: { path: 'a.txt', side: 'after', from: 2, to: 2, text: 'Why?', tree, snapshot: null },
  });
  await served.prompt(id, 'Go on.');
  await spoke(served, id, 2);
  const { queued } = await served.client.call('sendReview', { parameters, body: { words: '', queue: true } });
  assert.is(queued, true);

  await served.kill();
  writeFileSync(hold, '');
  served = await serve(world.directory);
  assert.equal((await work()).queued?.commentIds, [commentId], 'it waits for a person to resume what was cut short');
  await served.resume(id);

  // Killed again as soon as the run that was resumed has ended: before, while or after it is sent.
  const brought = async (): Promise<readonly number[]> =>
    (await historyOf(served, id)).flatMap((event) =>
      event.type === 'prompt' && JSON.stringify(field(event, 'comments') ?? '').includes(commentId) ? [event.run] : [],
    );
  const hasEnded = async (run: number): Promise<boolean> =>
    (await historyOf(served, id)).some(
      (event) => event.type === 'status' && event.run === run && field(event, 'status') === 'completed',
    );
  await until('the resumed run has ended', () => hasEnded(3));
  await served.kill();

  for (let start = 0; start < 2; start += 1) {
    served = await serve(world.directory);
    await until('it was sent', async () => (await brought()).length > 0);
    assert.equal(await brought(), [4]);
    assert.is((await work()).queued, null);
    await served.kill();
  }
  served = await serve(world.directory);
  assert.equal(await brought(), [4]);
  assert.is((await served.verify()).ok, true);
  const { status } = await served.session(id);
  if (status === 'Running' || status === 'Starting') {
    await served.interrupt(id);
    await ended(served, id);
  }
  await served.stop();
});

test.run();
