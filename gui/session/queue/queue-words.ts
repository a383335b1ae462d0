/** What is said of prompts that wait: why the first is not sent yet, and what goes along with each. Pure. */
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { QueuedPrompt, QueueHold } from '../../../actors/protocol/gateway/queue-routes.ts';

export type QueueHead = {
  /** Nothing goes by itself: a person sends the first. */
  readonly isHeld: boolean;
  /** `3 queued`. */
  readonly title: string;
  readonly words: string;
};

/** `run` is the ordinal of the session's last run. */
export const queueHead = (queue: readonly QueuedPrompt[], holds: QueueHold | null, run: number): QueueHead => {
  const isHeld = holds !== null && holds !== 'run' && holds !== 'schedule';
  return {
    isHeld,
    title: `${queue.length.toLocaleString('en')} ${isHeld ? 'held' : 'queued'}`,
    words: holdWords(holds, run, queue[0]?.evenAfterFailure === true),
  };
};

const holdWords = (holds: QueueHold | null, run: number, evenAfterFailure: boolean): string => {
  switch (holds) {
    case 'run':
      return `first one is sent when this run ${evenAfterFailure ? 'ends' : 'completes'}`;
    case 'failed':
      return `because run ${run} failed; nothing is sent by itself`;
    case 'interrupted':
      return `because run ${run} was interrupted; nothing is sent by itself`;
    case 'restored':
      return `because Throughline ended during run ${run}; nothing is sent by itself`;
    case 'schedule':
      return 'each is sent at its time';
    case null:
      return 'first one is sent now';
  }
};

const timeStyle = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;

/** `2 images, 1 file, after a failure, too`; null where there is nothing to say beside the text. */
export const queuedNotes = ({ parts, evenAfterFailure, at }: QueuedPrompt): string | null => {
  const images = parts.filter(({ type }) => type === 'image').length;
  const files = parts.length - images;
  const notes = [
    at === null ? null : `at ${new Date(at).toLocaleString('en-GB', timeStyle)}`,
    images > 0 ? counted(images, 'image') : null,
    files > 0 ? counted(files, 'file') : null,
    evenAfterFailure ? 'after a failure, too' : null,
  ].filter((note) => note !== null);
  return notes.length === 0 ? null : notes.join(', ');
};
