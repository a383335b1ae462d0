/** What can be given with a prompt: images, and files of the worktree. */
import * as z from 'zod';
import { maxPromptCharacters } from './prompt-limits.ts';

/** The raster formats that models read. */
export const imageTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;

export const promptText = z.string().max(maxPromptCharacters);

const maxParts = 10;
/** In base64, over all images of a prompt: 6 MiB of bytes. */
const maxImageCharacters = 8 * 1024 * 1024;

/** The largest body of a request that starts a run: its prompt in JSON, and its images. */
export const maxPromptBodyBytes = maxImageCharacters + 6 * 1024 * 1024;

// No groups that repeat: over megabytes they would exhaust the stack.
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);

const promptPart = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('image'),
    mimeType: z.enum(imageTypes),
    data: z.string().max(maxImageCharacters).refine(isBase64, 'give the image in base64'),
  }),
  z.strictObject({
    type: z.literal('file'),
    path: z
      .string()
      .min(1)
      .max(4096)
      .refine(isBelow, 'give the path of a file below the folder that the agent works in'),
  }),
]);
export type PromptPart = z.infer<typeof promptPart>;

export const promptParts = z
  .array(promptPart)
  .max(maxParts)
  .refine(
    (parts) =>
      parts.reduce((sum, part) => sum + (part.type === 'image' ? part.data.length : 0), 0) <= maxImageCharacters,
    `the images of a prompt have at most ${(maxImageCharacters * 3) / 4 / 1024 / 1024} MiB in all`,
  );

function isBelow(path: string): boolean {
  return !path.startsWith('/') && !path.includes('\0') && !path.split(/[/\\]/).includes('..');
}
