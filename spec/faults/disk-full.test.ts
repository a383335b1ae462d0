/** The shipped program on a disk that is full, read-only or slow: nothing acknowledged is lost, and it goes on by itself. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { restoreRequest } from '../../actors/protocol/gateway/snapshot-routes.ts';
import { serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, ended, errorOf, start } from '../support/world.ts';
import { steadyAgent } from './agents/steady.ts';
import { createRandom, isLong, say, seed } from './support/form.ts';
import { lackOfMount, mountSmallDisk } from './support/small-disk.ts';
import { injectFault, lackOfAttaching } from './support/strace.ts';
import { createWitness } from './support/witness.ts';

const test = suite('a disk that is full, read-only or slow', { timeLimitMs: (isLong ? 60 : 8) * 60_000 });
test.after(closeWorlds);

const steady = steadyAgent(0.02);
const random = createRandom(seed);
const fillings = isLong ? 50 : 6;

test.unless(
  lackOfMount,
  `a disk that fills at any write, ${fillings} times: commands are refused, nothing is lost`,
  async () => {
    const world = createWorld('full');
    const disk = mountSmallDisk(world.directory.root, 64);
    const runtime = await serve(world.directory);
    const witness = createWitness(world.directory);
    witness.watch(runtime);
    const sessions = await Promise.all([1, 2, 3].map(() => start(runtime, world, steady)));
    const moreIsSeen = async (events: number): Promise<void> => {
      const from = witness.position();
      await until('more events are seen', () => witness.position() > from + events, { timeLimitMs: 120_000 });
    };
    for (let filling = 1; filling <= fillings; filling += 1) {
      await moreIsSeen(20);
      // So that it is now this write that finds no room, now that one.
      disk.fill(Math.floor(random() * 16) * 4_096);
      const refused = await until(
        'a command is refused',
        async () => {
          // The sessions that run take what room is left.
          const begun = await start(runtime, world, steady, { prompt: 'Just make an end.' }).catch(
            (error: unknown) => error,
          );
          if (begun instanceof ThroughlineError) return begun;
          return null;
        },
        { timeLimitMs: 120_000, everyMs: 250 },
      );
      is(refused.code, 'store.disk_full', refused.message);
      ok(refused.hint);
      ok((await runtime.dashboard()).rows.length >= sessions.length, 'what is there can be seen all the while');
      disk.makeRoom();
      await moreIsSeen(20);
      ok((await runtime.verify()).ok);
    }
    for (const { id } of sessions) is((await runtime.session(id)).status, 'Running');
    // And full when it is killed, and when it starts.
    disk.fill();
    await runtime.kill();
    const unable = await serve(world.directory).then(
      async (started) => {
        await started.kill();
        return null;
      },
      (error: Error) => error,
    );
    if (unable !== null) match(unable.message, /database|disk|full|space/);
    disk.makeRoom();
    const again = await serve(world.directory);
    witness.confront({ whole: true });
    witness.watch(again);
    for (const { id } of sessions) {
      await again.resume(id, 'Now make an end.');
      is((await ended(again, id)).status, 'Completed');
    }
    is(await again.stop(), 0);
    witness.confront({ whole: true });
    say(
      `disk: filled ${fillings} times under load (seed ${seed}): ${witness.position()} events seen, 0 lost, no restart needed`,
    );
  },
);

test.unless(
  lackOfMount,
  'a read-only disk: a start is refused with a clear word, and nothing is changed by it',
  async () => {
    const world = createWorld('read-only');
    const disk = mountSmallDisk(world.directory.root, 24);
    const runtime = await serve(world.directory);
    const { id } = await start(runtime, world, 'quick');
    is((await ended(runtime, id)).status, 'Completed');
    is(await runtime.stop(), 0);
    disk.remount('ro');
    const refused = await serve(world.directory).then(
      () => null,
      (error: Error) => error,
    );
    match(refused?.message ?? 'it started', /read-only|cannot|could not/i);
    disk.remount('rw');
    const again = await serve(world.directory);
    is((await again.session(id)).status, 'Completed');
    ok((await again.verify()).ok);
    is(await again.stop(), 0);
  },
);

test.unless(
  lackOfAttaching,
  'a slow disk, and one that fails now and then: everything waits, and everything is there',
  async () => {
    const world = createWorld('slow');
    const runtime = await serve(world.directory);
    const witness = createWitness(world.directory);
    witness.watch(runtime);
    const renamed = await start(runtime, world, steady);
    const sessions = [renamed, ...(await Promise.all([1, 2, 3].map(() => start(runtime, world, steady))))];
    // A transaction takes a dozen writes: more failures than that and none would ever pass.
    for (const [call, fault] of [
      ['fsync,fdatasync', 'delay_enter=300000'],
      ['fsync,fdatasync', 'error=EIO:when=1+3'],
      ['pwrite64', 'error=EIO:when=2+97'],
      ['pwrite64', 'error=ENOSPC:when=1+89'],
    ] as const) {
      const stop = await injectFault(runtime.pid, call, fault);
      const from = witness.position();
      await until(`events are seen under ${call} ${fault}`, () => witness.position() > from + 40, {
        timeLimitMs: 180_000,
      });
      await runtime.rename(renamed.id, `under ${fault}`);
      await stop();
      ok((await runtime.verify()).ok);
      witness.confront({ whole: true });
    }
    for (const { id } of sessions) {
      await runtime.interrupt(id);
      is((await ended(runtime, id)).status, 'Interrupted');
    }
    is(await runtime.stop(), 0);
    witness.confront({ whole: true });
  },
);

test.unless(
  lackOfMount,
  '[law 19] a disk that fills in the midst of an undo: everything is as it was, and the undo is done when there is room',
  async () => {
    const world = createWorld('restore-full');
    const disk = mountSmallDisk(world.directory.worktrees, 16);
    const runtime = await world.open();
    // Not of zeros: git writes those as holes, which take no room.
    const script = world.script(
      'large',
      { steps: [{ do: 'run', command: 'yes large | head -c 3000000 > large; echo 1 > small' }] },
      { steps: [{ do: 'run', command: 'rm large; echo 2 > small' }] },
    );
    const { id } = await start(runtime, world, script, { worktree: true });
    await ended(runtime, id);
    await runtime.prompt(id, 'Change it.');
    const { path } = (await ended(runtime, id)).worktree;
    ok(path);
    await until('its end is taken', async () => (await runtime.work(id)).snapshots.length === 4);
    const undo = restoreRequest.parse({ to: 'before-run:2', kind: 'undo' });
    disk.fill(1_000_000);
    is((await errorOf(runtime.restore(id, undo))).code, 'snapshot.failed');
    is((await runtime.work(id)).restores.at(-1)?.state, 'abandoned');
    equal([existsSync(join(path, 'large')), readFileSync(join(path, 'small'), 'utf8')], [false, '2\n']);
    equal((await runtime.discarded()).discarded, []);
    disk.makeRoom();
    is((await runtime.restore(id, undo)).files, 2);
    equal([statSync(join(path, 'large')).size, readFileSync(join(path, 'small'), 'utf8')], [3_000_000, '1\n']);
    await world.close();
  },
);

test.run();
