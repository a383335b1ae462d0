import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { applyToQueue, type PromptQueue } from '../../../actors/model/queue/prompt-queue.ts';
import { fact } from '../../../actors/protocol/facts/events.ts';
import { type QueueId, toQueueId, toTimestamp } from '../../../actors/protocol/facts/ids.ts';
import type { QueuedPrompt } from '../../../actors/protocol/gateway/queue-routes.ts';
import { ledgerText } from '../../../gui/session/model/quiet-text.ts';
import { movedTo, partsToGive, without, withText } from '../../../gui/session/queue/changed-queue.ts';
import type { QueueCalls } from '../../../gui/session/queue/queue-calls.ts';
import { createQueueState } from '../../../gui/session/queue/queue-state.ts';
import { queuedNotes, queueHead } from '../../../gui/session/queue/queue-words.ts';
import { headToShow, leftOut } from '../../../gui/session/queue/shown-places.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the prompts that wait, above the composer');

const idOf = (number: number): QueueId => toQueueId(`00000000-0000-7000-8000-${String(number).padStart(12, '0')}`);

const waiting = (number: number, more: Partial<QueuedPrompt> = {}): QueuedPrompt => ({
  queueId: idOf(number),
  text: `prompt ${number}`,
  parts: [],
  evenAfterFailure: false,
  at: null,
  queuedAt: toTimestamp(1),
  ...more,
});

const queueOf = (count: number): readonly QueuedPrompt[] => Array.from({ length: count }, (_, index) => waiting(index));

test('its head says what the first waits for, and what holds it', () => {
  const said = (...[holds, first]: [Parameters<typeof queueHead>[1], Partial<QueuedPrompt>?]): string => {
    const { title, words } = queueHead([waiting(1, first), waiting(2)], holds, 4);
    return `${title} · ${words}`;
  };
  assert.is(said('run'), '2 queued · first one is sent when this run completes');
  assert.is(said('run', { evenAfterFailure: true }), '2 queued · first one is sent when this run ends');
  assert.is(said('failed'), '2 held · because run 4 failed; nothing is sent by itself');
  assert.is(said('interrupted'), '2 held · because run 4 was interrupted; nothing is sent by itself');
  assert.is(said('restored'), '2 held · because Throughline ended during run 4; nothing is sent by itself');
  assert.is(said(null), '2 queued · first one is sent now');
  assert.is(queueHead(queueOf(10_000), 'run', 1).title, '10,000 queued');
});

test('what goes along with one is said', () => {
  const image = { type: 'image', mimeType: 'image/png', bytes: 3, sha256: '', data: 'AAAA' } as const;
  const link = { type: 'link', uri: 'src/a.ts', name: 'a.ts' } as const;
  assert.is(queuedNotes(waiting(1)), null);
  const given = waiting(1, { parts: [image, image, link], evenAfterFailure: true });
  assert.is(queuedNotes(given), '2 images, 1 file, after a failure, too');
  const unreadable = { ...image, mimeType: 'image/x-unknown' };
  assert.equal(partsToGive([image, link, unreadable]), [
    { type: 'image', mimeType: 'image/png', data: 'AAAA' },
    { type: 'file', path: 'src/a.ts' },
  ]);
});

test('the timeline says what became of what waits, however long it is', () => {
  assert.is(ledgerText('prompt_queued', { text: 'then\n  the tests' }), 'Queued: “then the tests”');
  assert.is(ledgerText('queued_prompt_changed', { text: 'later' }), 'A queued prompt was changed to “later”');
  assert.is(ledgerText('queued_prompt_moved', { place: 2 }), 'A queued prompt was moved to place 2');
  assert.is(ledgerText('queued_prompt_withdrawn', {}), 'A queued prompt was withdrawn');
  assert.ok(ledgerText('prompt_queued', { text: 'x'.repeat(1_000_000) }).length <= 300);
});

test('what is shown at once is what the log will say', () => {
  const change = fc.record({ what: fc.constantFrom('text', 'move', 'withdraw'), at: fc.nat(5), to: fc.nat(5) });
  const now = toTimestamp(1);
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      let [shown, logged]: [PromptQueue, PromptQueue] = [queueOf(6), queueOf(6)];
      for (const { what, at, to } of changes) {
        const queueId = shown[at]?.queueId;
        if (queueId === undefined) continue;
        if (what === 'text') {
          shown = withText(shown, queueId, `written ${to}`);
          logged = applyToQueue(logged, fact('queued_prompt_changed', { queueId, text: `written ${to}` }, now));
        } else if (what === 'move') {
          shown = movedTo(shown, queueId, to + 1);
          logged = applyToQueue(logged, fact('queued_prompt_moved', { queueId, place: to + 1 }, now));
        } else {
          shown = without(shown, queueId);
          logged = applyToQueue(logged, fact('queued_prompt_withdrawn', { queueId }, now));
        }
        assert.equal(shown, logged);
      }
    }),
  );
});

test('of 10,000 the beginning and the end are drawn, and any place can be', () => {
  assert.is(leftOut(100, 50), null);
  assert.equal(leftOut(10_000, 50), { from: 50, to: 9_950 });
  assert.is(headToShow(9_999, 10_000, 50), 50, 'the last is drawn');
  assert.is(headToShow(49, 10_000, 50), 50);
  assert.is(headToShow(50, 10_000, 50), 51, 'a step further shows one more');
});

const turns = () => new Promise((resolve) => setImmediate(resolve));

/** A runtime whose answers the test gives. */
const stateWithAnswers = () => {
  const asked: { readonly name: string; readonly answer: (value: unknown) => void; readonly fail: () => void }[] = [];
  const errors: unknown[] = [];
  const call = ((name: string) =>
    new Promise((answer, reject) =>
      asked.push({ name, answer, fail: () => reject(new Error('no')) }),
    )) as unknown as QueueCalls;
  const state = createQueueState({
    call,
    id: 'one',
    onError: (error) => errors.push(error),
    setTimer: (run) => {
      const rest = setImmediate(run);
      return () => clearImmediate(rest);
    },
  });
  const next = async () => {
    for (;;) {
      const first = asked.shift();
      if (first !== undefined) return first;
      await turns();
    }
  };
  return { state, asked, errors, next };
};

test('what a person does is shown at once and told in order; an older answer does not undo it', async () => {
  const { state, asked, next } = stateWithAnswers();
  const texts = (): string => state.prompts.value.map(({ text }) => text).join();
  state.refresh();
  (await next()).answer({ prompts: queueOf(3), holds: 'run' });
  await turns();
  assert.is(texts(), 'prompt 0,prompt 1,prompt 2');

  state.refresh();
  const older = await next();
  const done = [state.move(idOf(2), 1), state.withdraw(idOf(0))];
  assert.is(texts(), 'prompt 2,prompt 1');
  older.answer({ prompts: queueOf(3), holds: 'run' });
  const move = await next();
  assert.is(move.name, 'changeQueued');
  assert.is(texts(), 'prompt 2,prompt 1', 'what was asked before is old');
  assert.is(asked.length, 0, 'the second is not told before the first is done');
  move.answer({});
  const withdrawn = await next();
  assert.is(withdrawn.name, 'withdrawQueued');
  withdrawn.answer({});
  assert.equal(await Promise.all(done), [true, true]);
  const newest = await next();
  assert.is(newest.name, 'queue', 'when all was told it is asked again');
  newest.answer({ prompts: [waiting(1)], holds: 'failed' });
  await turns();
  assert.is(texts(), 'prompt 1');
  assert.is(state.holds.value, 'failed');
});

test('what was refused is said, and what is so is shown again', async () => {
  const { state, errors, next } = stateWithAnswers();
  state.refresh();
  (await next()).answer({ prompts: queueOf(2), holds: 'run' });
  await turns();
  const changed = state.change(idOf(0), 'another');
  assert.is(state.prompts.value[0]?.text, 'another');
  (await next()).fail();
  assert.is(await changed, false);
  assert.is(errors.length, 1);
  (await next()).answer({ prompts: [waiting(1)], holds: 'run' });
  await turns();
  assert.equal(state.prompts.value, [waiting(1)]);
});

test.run();
