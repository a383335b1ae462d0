import * as z from 'zod';
import { causeInText } from '../signs/error-cause.ts';
import { kindInWords } from '../signs/failure-kind.ts';
import { retryOf } from '../signs/retry.ts';
import { isNamed, type KnownAgent } from './known-agent.ts';

const said = z.looseObject({
  sessionUpdate: z.literal('agent_message_chunk'),
  content: z.looseObject({ text: z.string().regex(/^Info: [^\n]{1,500}\bRetrying\.\.\.\s*$/u) }),
});

/** Copilot: tried with 1.0.102. */
export const copilot: KnownAgent = {
  name: 'copilot',
  recognises: isNamed('copilot', '@github/copilot'),
  asksIn: 'always',
  // Its last message is one piece that begins so, and the answer has no usage, as those of its model's own words have.
  failureIn: ({ answer, lastPiece }) =>
    answer.usage == null && lastPiece.startsWith('Error: ')
      ? { message: causeInText(lastPiece), kind: kindInWords(lastPiece) }
      : null,
  retryIn: (update) => {
    const parsed = said.safeParse(update);
    if (!parsed.success) return null;
    const message = parsed.data.content.text.trim().replace(/^Info: /u, '');
    return retryOf('', message, kindInWords(message));
  },
};
