/** What an agent tells of tokens and money, in its updates and at the end of a turn. */
import type { Payload } from '../../protocol/facts/events.ts';
import { fieldsOf, numberIn, textIn } from './lenient.ts';

const figures = [
  'used',
  'size',
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'thoughtTokens',
  'cachedReadTokens',
  'cachedWriteTokens',
] as const;

export type ReadUsage = {
  /** Null when there is no figure in it. */
  readonly usage: Payload<'usage'> | null;
  /** The names of figures that were given and are none. */
  readonly odd: readonly string[];
};

/** The figures of a `usage_update`, or of the usage of a turn. */
export const readUsage = (given: unknown): ReadUsage => {
  const fields = fieldsOf(given);
  const usage: Payload<'usage'> = {};
  const odd: string[] = [];
  for (const name of figures) {
    const value = fields[name];
    if (value === undefined || value === null) continue;
    const figure = numberIn(value);
    if (figure === undefined) odd.push(name);
    else usage[name] = figure;
  }
  if (fields.cost !== undefined && fields.cost !== null) {
    const cost = fieldsOf(fields.cost);
    const amount = numberIn(cost.amount);
    const currency = textIn(cost.currency, 20);
    if (amount === undefined || currency === undefined) odd.push('cost');
    else usage.cost = { amount, currency };
  }
  return { usage: Object.keys(usage).length === 0 ? null : usage, odd };
};
