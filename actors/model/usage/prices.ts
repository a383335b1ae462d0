/** What tokens cost where the agent does not say: a table of a day, which a person can replace. */
import * as z from 'zod';
import type { Tokens } from './count-usage.ts';

const price = z.number().min(0).max(100_000);

const modelPrice = z.strictObject({
  /** The beginning of the model's name, after what stands before a last `/`; the longest one that fits counts. */
  model: z.string().min(1).max(200),
  /** In US dollars for a million tokens. */
  input: price,
  output: price,
  /** By default what the input costs. */
  cachedRead: price.optional(),
  cachedWrite: price.optional(),
});

export const priceTable = z.strictObject({
  /** The day that the prices are of. */
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/u, 'a date is YYYY-MM-DD'),
  models: z.array(modelPrice).max(2_000),
});
export type PriceTable = Readonly<z.infer<typeof priceTable>>;

/** The prices of the makers' own services as they were published, without discounts and surcharges. */
export const knownPrices: PriceTable = {
  date: '2025-11-24',
  models: [
    { model: 'claude-opus-4-5', input: 5, output: 25, cachedRead: 0.5, cachedWrite: 6.25 },
    { model: 'claude-opus-4-1', input: 15, output: 75, cachedRead: 1.5, cachedWrite: 18.75 },
    { model: 'claude-sonnet-4', input: 3, output: 15, cachedRead: 0.3, cachedWrite: 3.75 },
    { model: 'claude-haiku-4-5', input: 1, output: 5, cachedRead: 0.1, cachedWrite: 1.25 },
    { model: 'gpt-5-mini', input: 0.25, output: 2, cachedRead: 0.025 },
    { model: 'gpt-5-nano', input: 0.05, output: 0.4, cachedRead: 0.005 },
    { model: 'gpt-5', input: 1.25, output: 10, cachedRead: 0.125 },
    { model: 'gemini-2.5-pro', input: 1.25, output: 10, cachedRead: 0.125 },
    { model: 'gemini-2.5-flash', input: 0.3, output: 2.5, cachedRead: 0.03 },
    { model: 'gemini-2.5-flash-lite', input: 0.1, output: 0.4, cachedRead: 0.01 },
  ],
};

/** What these tokens of a model come to, in US dollars; null where the table has no price for it. */
export const estimatedCost = (table: PriceTable, model: string | null, tokens: Tokens): number | null => {
  const name = model?.slice(model.lastIndexOf('/') + 1) ?? '';
  const fitting = table.models.filter((each) => fits(name, each.model));
  const [found] = fitting.sort((one, other) => other.model.length - one.model.length);
  if (found === undefined) return null;
  const { input, output, cachedRead = input, cachedWrite = input } = found;
  const sum =
    tokens.input * input + tokens.output * output + tokens.cachedRead * cachedRead + tokens.cachedWrite * cachedWrite;
  return sum / 1e6;
};

// `gpt-5` is no beginning of `gpt-50` nor of `gpt-5.1`, but of `gpt-5-2025-08-07` and of `gpt-5[high]`.
const fits = (name: string, beginning: string): boolean =>
  name.startsWith(beginning) && !/^[\w.]/u.test(name.slice(beginning.length));
