/** The queue of a session's prompts, against a model of it that a person would write on paper. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  applyToQueue,
  countAfter,
  firstDue,
  laterAfter,
  type PromptQueue,
} from '../../../../actors/model/queue/prompt-queue.ts';
import { type Fact, fact } from '../../../../actors/protocol/facts/events.ts';
import { type QueueId, type Timestamp, toTimestamp } from '../../../../actors/protocol/facts/ids.ts';
import { noWork } from '../../../../actors/protocol/facts/work-summary.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('the queue of prompts');

const at = 1 as Timestamp;
const idOf = (number: number): QueueId => `0000000${number}` as QueueId;

const time = fc.option(
  fc.nat(9).map((ms) => toTimestamp(ms)),
  { nil: undefined },
);

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('queue' as const), text: fc.string(), at: time }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change' as const), which: fc.nat(), text: fc.string() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), which: fc.nat(), to: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('withdraw' as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('send' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('prompt' as const) }) },
);

test('[law 20] what is queued, moved, changed, withdrawn and sent leaves what a list on paper has, in its order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let queue: PromptQueue = [];
      let count = 0;
      let given = 0;
      let later = noWork.later;
      const paper: { id: QueueId; text: string; at: Timestamp | undefined }[] = [];
      const apply = (next: Fact): void => {
        queue = applyToQueue(queue, next);
        count = countAfter(count, next);
        later = laterAfter(later, next);
      };
      for (const next of steps) {
        const which = 'which' in next && paper.length > 0 ? next.which % paper.length : 0;
        const chosen = paper[which];
        if (next.do === 'queue') {
          given += 1;
          paper.push({ id: idOf(given), text: next.text, at: next.at });
          apply(fact('prompt_queued', { queueId: idOf(given), text: next.text, at: next.at }, at));
        } else if (next.do === 'prompt') {
          apply(fact('prompt', { text: 'by hand', origin: 'prompt' }, at));
        } else if (chosen === undefined) continue;
        else if (next.do === 'change') {
          chosen.text = next.text;
          apply(fact('queued_prompt_changed', { queueId: chosen.id, text: next.text }, at));
        } else if (next.do === 'move') {
          const place = next.to % paper.length;
          paper.splice(place, 0, ...paper.splice(which, 1));
          apply(fact('queued_prompt_moved', { queueId: chosen.id, place: place + 1 }, at));
        } else if (next.do === 'withdraw') {
          paper.splice(which, 1);
          apply(fact('queued_prompt_withdrawn', { queueId: chosen.id }, at));
        } else {
          const [first] = paper.splice(0, 1);
          if (first) apply(fact('prompt', { text: first.text, origin: 'prompt', queued: first.id }, at));
        }
      }
      assert.equal(
        queue.map(({ queueId, text, at }) => ({ id: queueId, text, at: at ?? undefined })),
        paper,
      );
      assert.is(count, paper.length, 'as the row counts them');
      assert.equal(
        Object.entries(later)
          .map(([id, { at }]) => `${id} ${at}`)
          .sort(),
        paper.flatMap(({ id, at }) => (at === undefined ? [] : [`${id} ${at}`])).sort(),
        'and knows those that wait for a time',
      );
      assert.is(firstDue(queue, 5)?.queueId, paper.find(({ at }) => at === undefined || at <= 5)?.id);
    }),
  );
});

test.run();
