/** What is given with a prompt on the command line: `--image FILE` and `--file PATH`, each as often as one likes. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { PromptPart } from '../../../actors/protocol/gateway/prompt-part.ts';
import { imageTypeOf } from '../../prompts/image-type.ts';

export type PartOptions = { readonly image?: readonly string[]; readonly file?: readonly string[] };

const maxImageBytes = 6 * 1024 * 1024;

/** The parts, images read from `folder`. Raises `input.invalid` for a file that is no image, or too large. */
export const promptPartsOf = async (options: PartOptions, folder: string): Promise<{ parts?: PromptPart[] }> => {
  const images = await Promise.all((options.image ?? []).map((path) => readImage(resolve(folder, path))));
  const files = (options.file ?? []).map((path): PromptPart => ({ type: 'file', path }));
  const parts = [...images, ...files];
  return parts.length === 0 ? {} : { parts };
};

const readImage = async (path: string): Promise<PromptPart> => {
  const found = await stat(path).catch((cause) => {
    throw new ThroughlineError('input.invalid', `there is no image ${path}`, { cause });
  });
  if (found.size > maxImageBytes) {
    throw new ThroughlineError('input.invalid', `${path} has ${found.size} bytes`, {
      hint: `an image has at most ${maxImageBytes}: make it smaller`,
    });
  }
  const bytes = await readFile(path);
  const mimeType = imageTypeOf(bytes);
  if (mimeType === null) {
    throw new ThroughlineError('input.invalid', `${path} is no image that agents can see`, {
      hint: 'give a PNG, JPEG, GIF or WebP image; other files of the worktree go by --file',
    });
  }
  return { type: 'image', mimeType, data: bytes.toString('base64') };
};
