import * as z from 'zod';
import { type AlsoSaid, isNamed, type KnownAgent } from './known-agent.ts';

/** Gemini CLI: tried with 0.61.0. */
export const gemini: KnownAgent = {
  name: 'gemini',
  recognises: isNamed('gemini', 'gemini-cli', '@google/gemini-cli'),
  asksIn: ['default'],
  // `session/load` overwrites the file it has just read, within the minute that the conversation was begun in and at the
  // second load. A new conversation that is told the old one loses nothing.
  neverLoads: 'loading one can destroy what Gemini keeps of it',
  warnings: [
    {
      when: /untrusted folder|folder is (?:untrusted|not trusted)/i,
      notice:
        'Gemini does not trust this worktree: settings, hooks, MCP servers and GEMINI.md of the project do not apply. ' +
        'Trust the repository in Gemini itself, and its worktrees are trusted as well.',
    },
  ],
  // Its library rejects with the error as it came, which is no Error, and it looks for "Resource not found" in the words
  // of it: these are "[object Object]", whatever is answered.
  readsMissingAsEmpty: true,
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
