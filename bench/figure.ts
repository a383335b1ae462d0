/** What a measurement gives: a ratio (or a plain figure) with its spread, and what it should be. */
import { median } from './statistics.ts';

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

export type Figure = {
  readonly name: string;
  /** What the value is, in one line. */
  readonly says: string;
  readonly unit: string;
  /** The median of the repeats; a ratio's is the median of the ratios of its pairs. */
  readonly value: number;
  readonly smallest: number;
  readonly largest: number;
  readonly repeats: number;
  readonly goal: Goal | null;
  /** Null where there is no goal. */
  readonly met: boolean | null;
  /** The medians of what a ratio was made of, with their unit in the name. */
  readonly details: Readonly<Record<string, number>>;
};

/** The figure of repeated values. */
export const figure = (parts: {
  readonly name: string;
  readonly says: string;
  readonly unit?: string;
  readonly values: readonly number[];
  readonly goal?: Goal;
  readonly details?: Readonly<Record<string, readonly number[]>>;
}): Figure => {
  const value = median(parts.values);
  const goal = parts.goal ?? null;
  return {
    name: parts.name,
    says: parts.says,
    unit: parts.unit ?? '×',
    value: rounded(value),
    smallest: rounded(Math.min(...parts.values)),
    largest: rounded(Math.max(...parts.values)),
    repeats: parts.values.length,
    goal,
    met: goal === null ? null : 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost,
    details: Object.fromEntries(
      Object.entries(parts.details ?? {}).map(([name, values]) => [name, rounded(median(values))]),
    ),
  };
};

/** Three places of significance: more would claim what two shared cores cannot know. */
const rounded = (value: number): number => Number(value.toPrecision(value >= 1_000 ? 4 : 3));
