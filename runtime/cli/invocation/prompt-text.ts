import type { Readable } from 'node:stream';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';

const maxPromptBytes = 4_000_000;

/**
 * The prompt that was given: as an argument, or on standard input for `-`, or for none where `pipedWhenMissing`.
 * Raises `input.invalid` when there is none, or it is empty.
 */
export const promptText = async (
  given: string | undefined,
  stdin: Readable & { readonly isTTY?: boolean },
): Promise<string> => {
  if (given === undefined && stdin.isTTY === true) throw missing('no prompt was given');
  const text = given === undefined || given === '-' ? await readAll(stdin) : given;
  if (text.trim() === '') throw missing('the prompt is empty');
  return text;
};

const missing = (message: string): ThroughlineError =>
  new ThroughlineError('input.invalid', message, {
    hint: 'give it in quotes, or on standard input: echo "add a test" | throughline run',
  });

const readAll = async (stdin: Readable): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > maxPromptBytes) {
      throw new ThroughlineError('input.invalid', `the prompt is longer than ${maxPromptBytes} bytes`, {
        hint: 'put it in a file of the repository and name that file in the prompt',
      });
    }
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
};
