import * as z from 'zod';
import { type AlsoSaid, isNamed, type KnownAgent } from './known-agent.ts';

/** Gemini CLI: tried with 0.61.0. */
export const gemini: KnownAgent = {
  name: 'gemini',
  recognises: isNamed('gemini', 'gemini-cli', '@google/gemini-cli'),
  asksIn: ['default'],
  saysInAnswer: (answer) => figuresOf(answer),
};

const told = z.looseObject({
  _meta: z.looseObject({
    quota: z.looseObject({ token_count: z.looseObject({ input_tokens: z.number(), output_tokens: z.number() }) }),
  }),
});

/** The tokens of a turn, which it tells with the turn's end. */
const figuresOf = (answer: object): readonly AlsoSaid[] => {
  const parsed = told.safeParse(answer);
  if (!parsed.success) return [];
  const { input_tokens: inputTokens, output_tokens: outputTokens } = parsed.data._meta.quota.token_count;
  return [{ type: 'usage', payload: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens } }];
};
