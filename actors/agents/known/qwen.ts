import * as z from 'zod';
import { type AlsoSaid, isNamed, type KnownAgent } from './known-agent.ts';

/** Qwen Code: tried with 0.24.4, which begins in a mode that asks for nothing. */
export const qwen: KnownAgent = {
  name: 'qwen',
  recognises: isNamed('qwen', 'qwen-code', '@qwen-code/qwen-code'),
  asksIn: ['default', 'plan'],
  questions: { takesAnswers: true },
  saysInUpdate: (update) => figuresOf(update),
};

const figure = z.number().optional().catch(undefined);
const told = z.looseObject({
  _meta: z.looseObject({
    usage: z.object({
      inputTokens: figure,
      outputTokens: figure,
      totalTokens: figure,
      thoughtTokens: figure,
      cachedReadTokens: figure,
    }),
  }),
});

/** The tokens of one call of its model, which it tells in a piece of a message without text. */
const figuresOf = (update: object): readonly AlsoSaid[] => {
  const parsed = told.safeParse(update);
  if (!parsed.success) return [];
  const payload = Object.fromEntries(
    Object.entries(parsed.data._meta.usage).filter(([, value]) => value !== undefined),
  );
  return Object.keys(payload).length === 0 ? [] : [{ type: 'usage', payload }];
};
