import * as z from 'zod';
import { type AlsoSaid, isNamed, type KnownAgent } from './known-agent.ts';

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
  asksIn: ['default', 'plan'],
  logsInBy: [{ methodId: 'gemini-api-key', needs: ['GEMINI_API_KEY'] }],
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
  dropsRefusedPrompt: true,
  // A stream that broke at each of its tries: the same beginning again and again, and not a token counted. A command of
  // its own is answered without a token, too, but once.
  failureIn: ({ answer, beginning }) => {
    const head = beginning.slice(0, beginningCharacters);
    const isToldAgain = head.length === beginningCharacters && beginning.includes(head, beginningCharacters);
    return isToldAgain && withoutTokens.safeParse(answer._meta).success
      ? { message: 'the stream of gemini’s model broke at every try; what it said is not whole', kind: 'connection' }
      : null;
  },
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
  return [
    { type: 'usage', payload: { of: 'turn', inputTokens, outputTokens, totalTokens: inputTokens + outputTokens } },
  ];
};
