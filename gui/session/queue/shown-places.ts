/** Of a long queue its beginning and its end are drawn: who looks at the middle asks for it. Pure. */

/** So many are drawn at first at the beginning, and more at a time. */
export const shownAtOnce = 50;
const shownAtEnd = 50;

/** The indices that are left out, from the first to the one behind the last; null when all are drawn. */
export type LeftOut = { readonly from: number; readonly to: number };

/** `head`: how many are drawn at the beginning at least. */
export const leftOut = (count: number, head: number): LeftOut | null =>
  count <= head + shownAtEnd ? null : { from: head, to: count - shownAtEnd };

/** How many have to be drawn at the beginning for one to be seen. */
export const headToShow = (index: number, count: number, head: number): number => {
  const left = leftOut(count, head);
  return left === null || index < left.from || index >= left.to ? head : index + 1;
};
