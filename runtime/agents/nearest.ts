/**
 * The word of a list that a mistyped one most likely means, or null when none is near.
 * @example
 * nearest('opncode', ['claude', 'opencode']) // => 'opencode'
 * nearest('vim', ['claude', 'opencode']) // => null
 */
export const nearest = (mistyped: string, words: readonly string[]): string | null => {
  const allowed = Math.max(1, Math.floor(mistyped.length / 3));
  const [best] = words
    .map((word) => ({ word, distance: editDistance(mistyped.toLowerCase(), word.toLowerCase()) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((left, right) => left.distance - right.distance);
  return best?.word ?? null;
};

/** How many letters must be put in, taken out or changed (Levenshtein). Long words are not worth the time. */
const editDistance = (left: string, right: string): number => {
  if (left.length > 64 || right.length > 64) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...left].entries()) {
    const next = [at + 1];
    for (let index = 0; index < right.length; index += 1) {
      const changed = (row[index] ?? 0) + (letter === right[index] ? 0 : 1);
      next.push(Math.min(changed, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
};
