/** Halving: which of a row of states is to be tried next, to find the first that fails. Pure. */
export type TryOutcome = 'passes' | 'fails' | 'cannot_tell';

export type NextTry =
  | { readonly kind: 'try'; readonly index: number }
  /** The first that fails; those between the last that passes and it cannot be told. */
  | { readonly kind: 'found'; readonly before: number; readonly first: number }
  /** The first of which something can be told fails already. */
  | { readonly kind: 'always_fails'; readonly first: number }
  | { readonly kind: 'never_fails' }
  /** Of none anything can be told. */
  | { readonly kind: 'unclear' };

/** The ends first, then halves; what cannot be told is gone around. `null` was not tried yet. */
export const nextTry = (outcomes: readonly (TryOutcome | null)[]): NextTry => {
  const tells = (outcome: TryOutcome | null): boolean => outcome !== 'cannot_tell';
  const low = outcomes.findIndex(tells);
  const high = outcomes.findLastIndex(tells);
  if (low === -1) return { kind: 'unclear' };
  if (outcomes[low] === null) return { kind: 'try', index: low };
  if (outcomes[low] === 'fails') return { kind: 'always_fails', first: low };
  if (outcomes[high] === null) return { kind: 'try', index: high };
  if (outcomes[high] === 'passes') return { kind: 'never_fails' };
  const first = outcomes.findIndex((outcome, index) => index > low && outcome === 'fails');
  const before = outcomes.findLastIndex((outcome, index) => index < first && outcome === 'passes');
  const middle = (before + first) / 2;
  const open = outcomes.flatMap((outcome, index) =>
    outcome === null && index > before && index < first ? [index] : [],
  );
  if (open.length === 0) return { kind: 'found', before, first };
  const distance = (index: number): number => Math.abs(index - middle);
  return { kind: 'try', index: open.reduce((best, index) => (distance(index) < distance(best) ? index : best)) };
};
