import { once } from 'node:events';
import { renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { equal, is, match, not, ok } from 'uvu/assert';
import { asThroughlineError, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import {
  assertInOrder,
  closeWorlds,
  createWorld,
  ended,
  errorOf,
  happened,
  historyOf,
  rowOf,
  runsWithoutOneEnd,
  saidIn,
  spoke,
  start,
} from '../../support/world.ts';

const test = suite('the supervision of the actors', { timeLimitMs: 180_000 });
test.after(closeWorlds);

const numbers = (count: number): string => Array.from({ length: count }, (_, index) => `${index} `).join('');

test('[law 11] the writer dies in the middle of a flood: nothing is lost, doubled or reordered, and the sessions go on', async () => {
  const world = createWorld('writer');
  const runtime = await world.open();
  const text = numbers(4_000);
  const agent = world.script('counting', { steps: [{ do: 'say', text, chunkCharacters: 40, everyMs: 1 }] });
  const heard: number[] = [];
  runtime.onCommitted((position) => heard.push(position));
  const sessions = await Promise.all([1, 2, 3].map(() => start(runtime, world, agent)));
  for (let crash = 1; crash <= 3; crash += 1) {
    const before = runtime.head();
    await until('something more is committed', () => runtime.head() > before + 5);
    await runtime.faults.crashWriter();
    await until('it was started again', () => restarts(runtime.logged) === crash);
  }
  for (const { id } of sessions) {
    is((await ended(runtime, id)).status, 'Completed');
    const events = await historyOf(runtime, id);
    assertInOrder(events);
    is(saidIn(events), text);
    equal(runsWithoutOneEnd(events), []);
  }
  equal(
    heard,
    [...heard].sort((left, right) => left - right),
    'what was published never goes back',
  );
  is(heard.at(-1), runtime.head());
  const report = await runtime.verify();
  ok(report.ok);
  is(report.events, runtime.head());
  equal(runtime.gaveUp, []);
  await world.close();
});

const count = (logged: readonly { readonly message: string }[], wanted: string): number =>
  logged.filter(({ message }) => message === wanted).length;

const restarts = (logged: readonly { readonly message: string }[]): number =>
  count(logged, 'the writer thread was started again');

test('a writer that keeps dying is given up: it says so, refuses commands, and what ran comes back', async () => {
  const world = createWorld('writer');
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'slow');
  await spoke(runtime, id);
  for (let crash = 1; crash <= 4; crash += 1) {
    await runtime.faults.crashWriter();
    await until('it is started again or given up', () => restarts(runtime.logged) === Math.min(crash, 3));
  }
  await until('it is given up', () => runtime.gaveUp.length > 0);
  is(runtime.gaveUp.length, 1);
  is(runtime.gaveUp[0]?.code, 'writer.gave_up');
  is((await errorOf(start(runtime, world, 'quick'))).code, 'writer.gave_up');
  is((await rowOf(runtime, id)).status, 'Running', 'reading goes on');
  await runtime.stop();
  equal(world.agents(), []);
  const next = await world.open();
  const row = await rowOf(next, id);
  is(row.status, 'Running');
  match(row.recoveryHint ?? '', 'ended unexpectedly');
  is((await next.verify()).ok, true);
  await world.close();
});

/** Takes the database from its path and puts what SQLite cannot open in its place, until what is given back is called. */
const hide = async (path: string): Promise<() => void> => {
  const hidden = `${path}.hidden`;
  renameSync(path, hidden);
  const server = createServer().listen(path);
  await once(server, 'listening');
  return () => {
    server.close();
    rmSync(path, { force: true });
    renameSync(hidden, path);
  };
};

const failedOpenings = (logged: readonly { readonly message: string }[]): number =>
  count(logged, 'the database could not be opened again');

test('a database that cannot be opened for a while is no death of the writer: it is tried again until it can', async () => {
  const world = createWorld('away');
  const runtime = await world.open();
  const text = numbers(2_000);
  const agent = world.script('counting', { steps: [{ do: 'say', text, chunkCharacters: 20, everyMs: 1 }] });
  const { id } = await start(runtime, world, agent);
  await spoke(runtime, id);
  const show = await hide(world.directory.database);
  await runtime.faults.crashWriter();
  // As many as there are restarts, and some more.
  await until('it was tried often', () => failedOpenings(runtime.logged) >= 5);
  is((await errorOf(start(runtime, world, 'quick'))).code, 'store.cannot_open', 'who asks meanwhile is told');
  is((await rowOf(runtime, id)).status, 'Running', 'reading goes on');
  show();
  await until('it was started again', () => restarts(runtime.logged) === 1);
  is((await ended(runtime, id)).status, 'Completed');
  is(saidIn(await historyOf(runtime, id)), text);
  equal(runtime.gaveUp, []);
  ok((await runtime.verify()).ok);
  is((await ended(runtime, (await start(runtime, world, 'quick')).id)).status, 'Completed');
  await world.close();
});

test('a runtime whose database cannot be opened stops when it is told to, and its sessions come back', async () => {
  const world = createWorld('away');
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'quick');
  await ended(runtime, id);
  const show = await hide(world.directory.database);
  await runtime.faults.crashWriter();
  await until('it was tried', () => failedOpenings(runtime.logged) >= 1);
  await runtime.stop();
  show();
  const next = await world.open();
  is((await rowOf(next, id)).status, 'Completed');
  ok((await next.verify()).ok);
  await world.close();
});

test('[law 11] a session thread dies: its sessions fail with a reason, the others go on, and resuming works', async () => {
  const world = createWorld('thread');
  const runtime = await world.open();
  // More on each thread than there are restarts in the budget: one death is one death.
  const sessions = await Promise.all(Array.from({ length: 12 }, () => start(runtime, world, 'hang')));
  await Promise.all(sessions.map(({ id }) => spoke(runtime, id)));
  await runtime.faults.crashSessionThread();
  const died = await until(
    'it is noticed',
    () => count(runtime.logged, 'a session actor ended before its run') || null,
  );
  const rows = async (status: string) => (await runtime.dashboard()).rows.filter((row) => row.status === status);
  await until('they have failed', async () => (await rows('Failed')).length === died);
  const failed = await rows('Failed');
  ok(died > 3 && died < 12, `${died} of 12`);
  for (const row of failed) is(row.failureReason, 'the thread that ran this session died');
  await until('their agents are gone', () => world.agents().length === 12 - died);
  const running = await rows('Running');
  is(running.length, 12 - died);
  for (const { id } of running) await runtime.interrupt(id as (typeof sessions)[number]['id']);
  for (const { id } of running) is((await ended(runtime, id)).status, 'Interrupted');
  is(count(runtime.logged, 'a session thread died'), 1);

  const again = sessions.filter(({ id }) => failed.some((row) => row.id === id));
  await Promise.all(again.map(({ id }) => runtime.resume(id, 'Go on.')));
  for (const { id } of again) {
    is((await ended(runtime, id)).status, 'Completed');
    equal(runsWithoutOneEnd(await historyOf(runtime, id)), []);
  }
  is((await runtime.verify()).ok, true);

  // When they keep dying, no session is taken on; those on the threads that live are left in peace.
  const busy = await Promise.all([1, 2, 3, 4].map(() => start(runtime, world, 'hang')));
  await Promise.all(busy.map(({ id }) => spoke(runtime, id)));
  const refused = await until('a new session is refused', async () => {
    await runtime.faults.crashSessionThread();
    const begun = await start(runtime, world, 'quick').catch((error: ThroughlineError) => error);
    if (begun instanceof ThroughlineError) return begun;
    const row = await ended(runtime, begun.id);
    ok(row.status === 'Completed' || row.failureReason === 'the thread that ran this session died');
    return null;
  });
  is(refused.code, 'session.thread_died');
  const last = (await runtime.dashboard()).rows.find(({ failureReason }) => failureReason === refused.message);
  ok(last, 'and the log says so');
  ok(runtime.logged.some(({ message }) => message.startsWith('session threads keep dying')));
  is((await runtime.verify()).ok, true);
  await world.close();
});

test('a reader dies: its query is asked again, and nobody notices', async () => {
  const world = createWorld('reader');
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'quick');
  await ended(runtime, id);
  const events = await historyOf(runtime, id);
  for (let time = 0; time < 3; time += 1) {
    const asked = Promise.all(Array.from({ length: 20 }, () => historyOf(runtime, id)));
    await runtime.faults.crashReaders();
    for (const answer of await asked) equal(answer, events);
    equal(await historyOf(runtime, id), events);
  }
  not(runtime.logged.some(({ message }) => message.includes('unexpected')));
  await world.close();
});

test('a runtime is stopped in the middle of everything, and everything is there at the next start', async () => {
  const world = createWorld('stop');
  const runtime = await world.open();
  const running = await start(runtime, world, 'slow');
  await spoke(runtime, running.id);
  const beginning = [1, 2, 3].map(() => start(runtime, world, 'quick', { worktree: true }));
  const stopping = runtime.stop();
  is((await errorOf(runtime.prompt(running.id, 'More.'))).code, 'runtime.stopping');
  const begun = await Promise.allSettled(beginning);
  await stopping;
  await stopping;
  // A stop waits for them, but not for ever: on a busy machine some are cut off, and are restored as they were.
  for (const outcome of begun) {
    if (outcome.status === 'rejected') is(asThroughlineError(outcome.reason).code, 'runtime.stopping');
  }
  equal(world.agents(), []);
  const next = await world.open();
  const { rows } = await next.dashboard();
  for (const outcome of begun) {
    if (outcome.status === 'fulfilled') ok(rows.some(({ id }) => id === outcome.value.id));
  }
  for (const row of rows) {
    is(row.restored, row.status === 'Starting' || row.status === 'Running');
    if (row.restored) match(row.recoveryHint ?? '', 'Throughline was stopped');
  }
  ok((await rowOf(next, running.id)).restored);
  is((await next.verify()).ok, true);
  await next.interrupt(running.id);
  await happened(next, running.id, 'it is closed', ({ type }) => type === 'interrupt_requested');
  await world.close();
});

test.run();
