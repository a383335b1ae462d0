/** A block of content, as messages, prompts and tool calls have it. */
import * as z from 'zod';

const textContent = z.looseObject({ type: z.literal('text'), text: z.string() });
const otherContent = z.looseObject({ type: z.string() });
export const content = z.union([textContent, otherContent]);

/** The text of a content block; null for an image, a link and the like, and for what is no block at all. */
export const textOf = (block: unknown): string | null => {
  const parsed = textContent.safeParse(block);
  return parsed.success ? parsed.data.text : null;
};
