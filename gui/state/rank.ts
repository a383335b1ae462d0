/**
 * How well a text fits what was typed: higher is better, 0 is not at all. Letters have to come in order; the start of a
 * word, and letters in a row, count more.
 */
export const fit = (typed: string, text: string): number => {
  const wanted = typed.toLocaleLowerCase().replace(/\s+/gu, '');
  const there = text.toLocaleLowerCase();
  if (wanted === '') return 1;
  const whole = there.indexOf(typed.trim().toLocaleLowerCase());
  if (whole >= 0) return 100 + (isWordStart(there, whole) ? 50 : 0) - Math.min(40, whole);
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const next = there.indexOf(letter, at + 1);
    if (next < 0) return 0;
    score += next === at + 1 ? 3 : isWordStart(there, next) ? 2 : 0.2;
    at = next;
  }
  // Letters strewn over a long text are no answer to what was typed.
  return score / wanted.length > 1.2 ? score : 0;
};

const isWordStart = (text: string, at: number): boolean => at === 0 || /[\s/_.:-]/u.test(text[at - 1] ?? '');

/**
 * Those that fit, the best first; what fits alike keeps its order.
 * @example
 * ranked(['Rename', 'New session', 'Remove'], 're', (name) => name) // => ['Rename', 'Remove']
 */
export const ranked = <Item>(items: readonly Item[], typed: string, textOf: (item: Item) => string): readonly Item[] =>
  items
    .map((item) => ({ item, score: fit(typed, textOf(item)) }))
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score)
    .map(({ item }) => item);
