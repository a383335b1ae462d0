/** The agents of an agent: conversations of their own that it announces, so that what they ask can be told apart. */
import * as z from 'zod';

const announcement = z.looseObject({ sessionId: z.string().max(1_000), title: z.string().nullish().catch(null) });

/** So many are remembered; of more, the first are forgotten. */
const maxSubagents = 500;
const maxTitleCharacters = 200;

export const createSubagents = () => {
  const names = new Map<string, string>();
  return {
    /** An update that announces one, or says something new of one. */
    hear: (update: unknown): void => {
      const parsed = announcement.safeParse(update);
      if (!parsed.success) return;
      const { sessionId, title } = parsed.data;
      const name = title?.slice(0, maxTitleCharacters) || names.get(sessionId) || sessionId;
      names.delete(sessionId);
      names.set(sessionId, name);
      const [oldest] = names.keys();
      if (names.size > maxSubagents && oldest !== undefined) names.delete(oldest);
    },
    /** What the one is called whose conversation this is; null when none was announced with it. */
    nameOf: (sessionId: string | null | undefined): string | null => names.get(sessionId ?? '') ?? null,
  };
};
