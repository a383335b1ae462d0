import type { IncomingMessage } from 'node:http';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';

/**
 * A request's body as JSON. Only what says it is JSON is taken: a form of some page can send text, but not this type.
 * Raises `input.invalid` and `request.too_large`; whatever it is, no more than `maxBytes` is kept.
 */
export const readJsonBody = async (request: IncomingMessage, maxBytes: number): Promise<unknown> => {
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(request.headers['content-type'] ?? '')) {
    throw new ThroughlineError('input.invalid', 'the body is not said to be JSON', {
      hint: 'send it with the header `Content-Type: application/json`',
    });
  }
  const bytes = await readBytes(request, maxBytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ThroughlineError('input.invalid', 'the body is no JSON', {
      hint: 'send one JSON object in UTF-8',
      cause,
    });
  }
};

const readBytes = async (request: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  // Somewhat more than we take is read and thrown away, so that the client can hear the refusal: one who is cut off
  // while it sends sees a broken connection. Beyond that it is cut off.
  const patienceBytes = 4 * maxBytes;
  if (Number(request.headers['content-length'] ?? 0) > patienceBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  // `destroyOnReturn: false`: leaving the loop must not end the socket that the answer still needs.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (size > patienceBytes) break;
  }
  if (size > maxBytes) throw tooLarge(maxBytes);
  return Buffer.concat(chunks);
};

const tooLarge = (maxBytes: number): ThroughlineError =>
  new ThroughlineError('request.too_large', `the body is larger than ${maxBytes} bytes`, {
    hint: 'put long material into a file of the repository and name it in the prompt',
  });
