import * as assert from 'node:assert/strict';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { sessionWorld } from './session-world.ts';
import { event, runOf } from './support.ts';

const test = suite('session state');

const tools = (run: number, count: number) =>
  runOf(
    run,
    Array.from({ length: count }, (_, at) => ['tool_call', { toolCallId: `t${at}` }] as const),
  );

test('a session of 100,000 events opens with one page, at its end', async () => {
  const { state, asked, heldCount, held } = await sessionWorld(tools(1, 100_000));
  assert.deepEqual(asked, ['before end']);
  assert.equal(state.timeline.value?.hasEarlier, true);
  assert.equal(heldCount(), 50);
  assert.equal(held()[1]?.seq, 100_000);
  state.close();
});

test('who goes back gets the pages before, and in the end the whole, each event once', async () => {
  const { state, log } = await sessionWorld([...tools(0, 3), ...tools(1, 120), ...tools(2, 70)]);
  while (state.timeline.value?.hasEarlier) await state.loadEarlier();
  const items = state.timeline.value?.items ?? [];
  assert.equal(
    items.reduce((sum, item) => sum + item.events, 0),
    log.length,
  );
  state.close();
});

test('what is committed while it is open is appended at once', async () => {
  const { state, commit, asked } = await sessionWorld(tools(1, 60));
  await commit([event(1, 61, 'message', { text: 'a' }), event(1, 62, 'message', { text: 'b' })]);
  const last = state.timeline.value?.items.at(-1);
  assert.equal(last?.kind === 'message' && last.text, 'ab');
  assert.deepEqual(asked, ['before end']);
  state.close();
});

test('a gap in what the tail tells is fetched', async () => {
  const { state, commit, asked } = await sessionWorld(tools(1, 60));
  await commit(tools(1, 70).slice(60), (one) => one.seq > 65);
  await until('the missing ones are there', () => state.itemAt({ run: 1, seq: 62 }));
  assert.ok(asked.includes('after 1:60'));
  assert.notEqual(state.itemAt({ run: 1, seq: 70 }), null);
  state.close();
});

test('memory is bounded: who follows loses the beginning, who reads back loses the end', async () => {
  const bounds = { events: 200, characters: 1_000_000 };
  const { state, commit, heldCount, held } = await sessionWorld(tools(1, 100), { bounds });
  await commit(tools(1, 400).slice(100));
  assert.ok(heldCount() <= 200);
  assert.equal(held()[1]?.seq, 400);
  state.leaveEnd();
  while (state.timeline.value?.hasEarlier) await state.loadEarlier();
  assert.ok(heldCount() <= 200);
  assert.equal(held()[0]?.seq, 1);
  assert.equal(state.timeline.value?.hasLater, true);
  state.close();
});

test('who reads elsewhere is told how much came, and gets all of it on the way back', async () => {
  const { state, commit } = await sessionWorld(tools(1, 300));
  await state.goTo({ run: 1, seq: 5 });
  assert.equal(state.following.value, false);
  assert.deepEqual(state.target.value?.place, { run: 1, seq: 5 });
  await commit(tools(1, 303).slice(300));
  assert.equal(state.unseen.value, 3);
  while (state.timeline.value?.hasLater) await state.loadLater();
  for (let seq = 1; seq <= 303; seq += 1) assert.notEqual(state.itemAt({ run: 1, seq }), null, `1:${seq}`);
  await commit([event(1, 304, 'message', { text: 'x' })]);
  assert.notEqual(state.itemAt({ run: 1, seq: 304 }), null);
  state.reachEnd();
  assert.equal(state.unseen.value, 0);
  state.close();
});

test('it opens at an event far from the end, marked, with what is around it', async () => {
  const { state, held, tailAfter, log } = await sessionWorld([...tools(1, 500), ...tools(2, 500)], {
    at: { run: 1, seq: 400 },
  });
  assert.deepEqual(state.target.value?.place, { run: 1, seq: 400 });
  assert.ok((held()[0]?.seq ?? 0) < 400);
  // The tail begins at the end of the log, however far back the reader is.
  assert.equal(tailAfter(), Math.max(...log.map((one) => one.position)));
  state.close();
});

test('jumps go to the next and the previous of a kind, wherever it is', async () => {
  const { state } = await sessionWorld([
    ...tools(1, 200),
    event(1, 201, 'error', { code: 'x', message: 'y' }),
    ...tools(2, 300),
  ]);
  assert.equal(await state.jump(['error'], { run: 2, seq: 290 }, 'previous'), true);
  assert.deepEqual(state.target.value?.place, { run: 1, seq: 201 });
  assert.equal(await state.jump(['error'], { run: 1, seq: 201 }, 'next'), false);
  state.close();
});

test('an entry of the ledger during a run moves nothing of the run', async () => {
  const { state, commit } = await sessionWorld([...runOf(0, [['session_created', {}]]), ...tools(1, 5)]);
  await commit([{ ...event(0, 2, 'session_renamed', { name: 'x' }), position: 99_999 }]);
  assert.equal(state.itemAt({ run: 0, seq: 2 })?.kind, 'quiet');
  assert.equal(state.timeline.value?.items.at(-1)?.seq, 5);
  state.close();
});

test('a history that could not be read is said, and read when asked again', async () => {
  const world = await sessionWorld(tools(1, 300));
  const { state } = world;
  const broken = world.log.splice(0, world.log.length);
  Object.defineProperty(world.log, 'filter', { configurable: true, value: () => assert.fail('no runtime') });
  await state.loadEarlier();
  assert.match(String(state.failure.value), /no runtime/);
  Reflect.deleteProperty(world.log, 'filter');
  world.log.push(...broken);
  await state.loadEarlier();
  assert.equal(state.failure.value, null);
  assert.notEqual(state.itemAt({ run: 1, seq: 210 }), null);
  state.close();
});

test.run();
