/** Turns put together by what they are to be told apart by. */
import type { SessionId } from '../../protocol/facts/ids.ts';
import type { UsageKey } from '../../protocol/facts/usage-keys.ts';
import {
  maxUsageRows,
  type UsageAnswer,
  type UsageFigures,
  type UsageRow,
} from '../../protocol/gateway/usage-routes.ts';
import type { UsedInTurn } from './count-usage.ts';
import { estimatedCost, type PriceTable } from './prices.ts';

/** A turn with whose it was. */
export type Used = UsedInTurn & {
  readonly session: SessionId;
  readonly name: string;
  readonly repository: string;
  readonly agent: string;
  /** As a person's calendar has it: `2026-11-30`. */
  readonly day: string;
};

const nothing: UsageFigures = {
  turns: 0,
  input: 0,
  output: 0,
  cachedRead: 0,
  cachedWrite: 0,
  thought: 0,
  reported: [],
  estimated: null,
  unpriced: 0,
};

/** Sums of turns, all of them and by these keys. */
export const sumUsage = (used: Iterable<Used>, by: readonly UsageKey[], prices: PriceTable): UsageAnswer => {
  let totals = nothing;
  const rows = new Map<string, UsageRow>();
  for (const turn of used) {
    totals = withTurn(totals, turn, prices);
    const keys = keysOf(turn, by);
    const place = JSON.stringify(Object.values(keys));
    const row = rows.get(place) ?? { ...keys, ...nothing };
    rows.set(place, { ...keys, ...withTurn(row, turn, prices) });
  }
  const sorted = [...rows.values()].sort(
    (one, other) => (other.day ?? '').localeCompare(one.day ?? '') || weightOf(other) - weightOf(one),
  );
  const leftOut = Math.max(0, sorted.length - maxUsageRows);
  return { pricesOf: prices.date, totals, rows: sorted.slice(0, maxUsageRows), leftOut };
};

const keysOf = (turn: Used, by: readonly UsageKey[]) => {
  const isOfSession = by.includes('session') || by.includes('run');
  return {
    day: by.includes('day') ? turn.day : null,
    repository: by.includes('repository') ? turn.repository : null,
    agent: by.includes('agent') ? turn.agent : null,
    model: by.includes('model') ? turn.model : null,
    // A run has its number in its session alone.
    session: isOfSession ? turn.session : null,
    name: isOfSession ? turn.name : null,
    run: by.includes('run') ? turn.run : null,
  };
};

const withTurn = (sum: UsageFigures, { tokens, cost, model }: Used, prices: PriceTable): UsageFigures => {
  const estimate = cost === null ? estimatedCost(prices, model, tokens) : null;
  const all = tokens.input + tokens.output + tokens.cachedRead + tokens.cachedWrite;
  return {
    turns: sum.turns + 1,
    input: sum.input + tokens.input,
    output: sum.output + tokens.output,
    cachedRead: sum.cachedRead + tokens.cachedRead,
    cachedWrite: sum.cachedWrite + tokens.cachedWrite,
    thought: sum.thought + tokens.thought,
    reported: cost === null ? sum.reported : withMoney(sum.reported, cost),
    estimated: estimate === null ? sum.estimated : (sum.estimated ?? 0) + estimate,
    unpriced: sum.unpriced + (cost === null && estimate === null ? all : 0),
  };
};

const withMoney = (
  sums: UsageFigures['reported'],
  { amount, currency }: NonNullable<UsedInTurn['cost']>,
): UsageFigures['reported'] => {
  const known = sums.find((sum) => sum.currency === currency);
  const others = sums.filter((sum) => sum !== known);
  return [...others, { amount: (known?.amount ?? 0) + amount, currency }].sort((one, other) =>
    one.currency.localeCompare(other.currency),
  );
};

/** For the order alone: money of whatever currency, and where there is none, tokens. */
const weightOf = ({ reported, estimated, input, output, cachedRead, cachedWrite }: UsageFigures): number =>
  reported.reduce((sum, { amount }) => sum + amount, estimated ?? 0) +
  (input + output + cachedRead + cachedWrite) / 1e9;
