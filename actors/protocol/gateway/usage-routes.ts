/** What agents used: tokens and money, by whom and when. */
import * as z from 'zod';
import { writtenSessionId } from '../facts/id-schemas.ts';
import { type UsageKey, usageKeys } from '../facts/usage-keys.ts';
import type { Route } from './route.ts';

/** So many rows are in one answer at most. */
export const maxUsageRows = 5_000;

const figures = {
  turns: z.number().int(),
  /** Tokens, each counted in one of these four: `input` is without what was cached. */
  input: z.number(),
  output: z.number(),
  cachedRead: z.number(),
  cachedWrite: z.number(),
  /** Those of the output that were thought. */
  thought: z.number(),
  /** What agents said that it cost, by currency. */
  reported: z.array(z.object({ amount: z.number(), currency: z.string() })),
  /** What the turns whose cost no agent told come to by the table of prices, in US dollars; null where there is no price. */
  estimated: z.number().nullable(),
  /** Tokens that neither an agent nor the table has a price for. */
  unpriced: z.number(),
};
export const usageFigures = z.object(figures);
export type UsageFigures = Readonly<z.infer<typeof usageFigures>>;

export const usageRow = z.object({
  /** `2026-11-30`, in the time zone of the runtime. */
  day: z.string().nullable(),
  repository: z.string().nullable(),
  agent: z.string().nullable(),
  model: z.string().nullable(),
  session: writtenSessionId.nullable(),
  name: z.string().nullable(),
  run: z.number().int().nullable(),
  ...figures,
});
export type UsageRow = Readonly<z.infer<typeof usageRow>>;

const summedBy = z
  .string()
  .regex(
    new RegExp(`^(?:${usageKeys.join('|')})(?:,(?:${usageKeys.join('|')})){0,5}$`, 'u'),
    `any of ${usageKeys.join(', ')}, with commas between`,
  )
  .transform((words) => usageKeys.filter((key) => words.split(',').includes(key)));

export const usageRoutes = {
  usage: {
    method: 'GET',
    path: '/api/usage',
    summary: 'Tokens and money that agents used, by day, repository, agent and model, or by what is said',
    query: z.object({
      by: summedBy.default(['day', 'repository', 'agent', 'model']),
      /** Milliseconds UTC: what was told of before is not in it. */
      since: z.coerce.number().int().min(0).default(0),
    }),
    answer: z.object({
      /** Of which day the prices are that estimates are made by. */
      pricesOf: z.string(),
      totals: usageFigures,
      /** The last day first, and the dearest of each; a key that they are not told apart by is null. */
      rows: z.array(usageRow),
      /** Rows that were too many for one answer. */
      leftOut: z.number().int(),
    }),
  },
} as const satisfies Record<string, Route>;

export type UsageAnswer = Readonly<z.infer<(typeof usageRoutes)['usage']['answer']>>;
export type UsageQuestion = { readonly by: readonly UsageKey[]; readonly since: number };
