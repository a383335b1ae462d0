/** The queue as it will be once the runtime has done what it was told, so that keys need not wait for it. Pure. */
import type { PromptPart } from '../../../actors/protocol/gateway/prompt-part.ts';
import type { QueuedPrompt } from '../../../actors/protocol/gateway/queue-routes.ts';

type Queue = readonly QueuedPrompt[];

export const withText = (queue: Queue, queueId: string, text: string): Queue =>
  queue.map((waiting) => (waiting.queueId === queueId ? { ...waiting, text } : waiting));

export const without = (queue: Queue, queueId: string): Queue => queue.filter((waiting) => waiting.queueId !== queueId);

/** `place` from 1. */
export const movedTo = (queue: Queue, queueId: string, place: number): Queue => {
  const others = without(queue, queueId);
  const moved = queue.filter((waiting) => waiting.queueId === queueId);
  return [...others.slice(0, place - 1), ...moved, ...others.slice(place - 1)];
};

/** What a prompt that waits was given with, to be given again. */
export const partsToGive = (parts: QueuedPrompt['parts']): readonly PromptPart[] =>
  parts.flatMap((part): readonly PromptPart[] => {
    if (part.type === 'link') return [{ type: 'file', path: part.uri }];
    if (part.type !== 'image' || part.data === undefined) return [];
    const mimeType = imageTypes.find((type) => type === part.mimeType);
    return mimeType === undefined ? [] : [{ type: 'image', mimeType, data: part.data }];
  });

type ImageType = Extract<PromptPart, { readonly type: 'image' }>['mimeType'];

const imageTypes: readonly ImageType[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
