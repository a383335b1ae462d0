/** What was used, for a person and as CSV. */
import { basename } from 'node:path';
import type { UsageKey } from '../../../actors/protocol/facts/usage-keys.ts';
import type { UsageAnswer, UsageFigures, UsageRow } from '../../../actors/protocol/gateway/usage-routes.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { table } from './table.ts';

const heads: Readonly<Record<UsageKey, string>> = {
  day: 'DAY',
  repository: 'REPOSITORY',
  agent: 'AGENT',
  model: 'MODEL',
  session: 'SESSION',
  run: 'RUN',
};

/** Aligned columns with their sum below, and what is to be known of the money. */
export const usageTable = (
  { rows, totals, pricesOf, leftOut }: Pick<UsageAnswer, 'rows' | 'totals' | 'pricesOf' | 'leftOut'>,
  by: readonly UsageKey[],
): string => {
  if (totals.turns === 0) return 'No agent has told of tokens or money yet.\n';
  // A run is known by its session.
  const keys: readonly UsageKey[] = by.includes('run') && !by.includes('session') ? ['session', ...by] : by;
  const head = [...keys.map((key) => heads[key]), 'TURNS', 'IN', 'CACHED', 'OUT', 'COST'];
  const body = rows.map((row) => [...keys.map((key) => keyWords(row, key)), ...figureWords(row)]);
  const [, ...noKeys] = keys.map(() => '');
  const sum = ['all', ...noKeys, ...figureWords(totals)];
  const notes = [
    ...(leftOut === 0 ? [] : [`${leftOut} rows more are not shown.`]),
    ...(totals.estimated === null ? [] : [`~ is estimated from the price table of ${pricesOf}.`]),
    ...(totals.unpriced === 0
      ? []
      : [`${totals.unpriced} tokens have no price: no agent told it, and no table has it.`]),
  ];
  return table([head, ...body, sum, ...notes]);
};

const keyWords = (row: UsageRow, key: UsageKey): string => {
  if (key === 'session') return sanitiseLine(row.name ?? '-');
  if (key === 'repository') return sanitiseLine(basename(row.repository ?? '-'));
  return sanitiseLine(String(row[key] ?? '-'));
};

const figureWords = (figures: UsageFigures): readonly string[] => [
  String(figures.turns),
  String(figures.input),
  String(figures.cachedRead + figures.cachedWrite),
  String(figures.output),
  costWords(figures),
];

const costWords = ({ reported, estimated }: UsageFigures): string => {
  const told = reported.map(({ amount, currency }) => `${amount.toFixed(2)} ${sanitiseLine(currency)}`);
  const words = [...told, ...(estimated === null ? [] : [`~${estimated.toFixed(2)} USD`])];
  return words.length === 0 ? '-' : words.join(' + ');
};

const csvColumns = [
  'day',
  'repository',
  'agent',
  'model',
  'session',
  'name',
  'run',
  'turns',
  'input',
  'output',
  'cachedRead',
  'cachedWrite',
  'thought',
  'unpriced',
] as const;

/** A row a line, with a head; of reported money a column for each currency. */
export const usageCsv = (rows: readonly UsageRow[]): string => {
  const currencies = [...new Set(rows.flatMap(({ reported }) => reported.map(({ currency }) => currency)))].sort();
  const head = [...csvColumns, 'estimatedUSD', ...currencies.map((currency) => `reported${currency}`)].map(csvCell);
  const lines = rows.map((row) => [
    ...csvColumns.map((column) => row[column]),
    row.estimated,
    ...currencies.map((currency) => row.reported.find((each) => each.currency === currency)?.amount ?? null),
  ]);
  return [head, ...lines.map((cells) => cells.map(csvCell))].map((cells) => `${cells.join(',')}\n`).join('');
};

// A spreadsheet takes a cell that begins like these for a formula, and names are words of agents and repositories.
const csvCell = (value: string | number | null): string => {
  if (typeof value !== 'string') return String(value ?? '');
  const line = sanitiseLine(value);
  const harmless = /^[=+\-@]/u.test(line) ? `'${line}` : line;
  return /[",]/u.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};
