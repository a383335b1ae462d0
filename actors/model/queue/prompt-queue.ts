/** The prompts of a session that wait for the run under way to complete, as a pure fold of its ledger and its prompts. */
import type { Fact } from '../../protocol/facts/events.ts';
import type { Later } from '../../protocol/facts/work-summary.ts';
import type { QueuedPrompt } from '../../protocol/gateway/queue-routes.ts';

/** In the order in which they are sent. */
export type PromptQueue = readonly QueuedPrompt[];

/** Events that the queue follows from, besides the prompts of runs. */
export const queueTypes = [
  'prompt_queued',
  'queued_prompt_changed',
  'queued_prompt_moved',
  'queued_prompt_withdrawn',
] as const satisfies readonly Fact['type'][];

/** The queue after one event; those of `queueTypes` and the prompts are to be given, in order of position. */
export const applyToQueue = (queue: PromptQueue, fact: Fact): PromptQueue => {
  switch (fact.type) {
    case 'prompt_queued':
      return [
        ...queue,
        {
          queueId: fact.payload.queueId,
          text: fact.payload.text,
          parts: fact.payload.parts ?? [],
          evenAfterFailure: fact.payload.evenAfterFailure === true,
          at: fact.payload.at ?? null,
          queuedAt: fact.occurredAt,
        },
      ];
    case 'queued_prompt_changed': {
      const { queueId, text } = fact.payload;
      return queue.map((waiting) => (waiting.queueId === queueId ? { ...waiting, text } : waiting));
    }
    case 'queued_prompt_moved': {
      const { queueId, place } = fact.payload;
      const others = without(queue, queueId);
      return [
        ...others.slice(0, place - 1),
        ...queue.filter((each) => each.queueId === queueId),
        ...others.slice(place - 1),
      ];
    }
    case 'queued_prompt_withdrawn':
      return without(queue, fact.payload.queueId);
    case 'prompt':
      return fact.payload.queued === undefined ? queue : without(queue, fact.payload.queued);
    default:
      return queue;
  }
};

const without = (queue: PromptQueue, queueId: string): PromptQueue =>
  queue.filter((waiting) => waiting.queueId !== queueId);

/** The first whose time has come: one that waits for a time is passed until then. */
export const firstDue = (queue: PromptQueue, now: number): QueuedPrompt | undefined =>
  queue.find(({ at }) => at === null || at <= now);

/** How many wait after one event, where so many waited before. */
export const countAfter = (count: number, fact: Fact): number => {
  switch (fact.type) {
    case 'prompt_queued':
      return count + 1;
    case 'queued_prompt_withdrawn':
      return count - 1;
    case 'prompt':
      return fact.payload.queued === undefined ? count : count - 1;
    default:
      return count;
  }
};

/** Those that wait for a time after one event, where these did before. */
export const laterAfter = (later: Later, fact: Fact): Later => {
  switch (fact.type) {
    case 'prompt_queued': {
      const { queueId, at, evenAfterFailure = false } = fact.payload;
      return at === undefined ? later : { ...later, [queueId]: { at, evenAfterFailure } };
    }
    case 'queued_prompt_withdrawn':
      return withoutLater(later, fact.payload.queueId);
    case 'prompt':
      return fact.payload.queued === undefined ? later : withoutLater(later, fact.payload.queued);
    default:
      return later;
  }
};

const withoutLater = (later: Later, queueId: string): Later => {
  if (!Object.hasOwn(later, queueId)) return later;
  const { [queueId]: _gone, ...others } = later;
  return others;
};
