import * as z from 'zod';
import { isNamed, type KnownAgent } from './known-agent.ts';

const withoutTokens = z.looseObject({
  quota: z.looseObject({
    token_count: z.looseObject({ input_tokens: z.literal(0), output_tokens: z.literal(0) }),
  }),
});

/** As much of a text's beginning as does not come again in it by chance. */
const beginningCharacters = 24;

/** Gemini CLI: tried with 0.61.0. */
export const gemini: KnownAgent = {
  name: 'gemini',
  recognises: isNamed('gemini', 'gemini-cli', '@google/gemini-cli'),
  asksIn: ['default'],
  // A stream that broke at each of its tries: the same beginning again and again, and not a token counted. A command of
  // its own is answered without a token, too, but once.
  failureIn: ({ answer, beginning }) => {
    const head = beginning.slice(0, beginningCharacters);
    const isToldAgain = head.length === beginningCharacters && beginning.includes(head, beginningCharacters);
    return isToldAgain && withoutTokens.safeParse(answer._meta).success
      ? { message: 'the stream of gemini’s model broke at every try; what it said is not whole', kind: 'connection' }
      : null;
  },
};
