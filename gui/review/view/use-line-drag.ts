import { useRef } from 'preact/hooks';
import { useReview } from '../state/review-context.ts';
import type { Cursor } from '../state/review-cursor.ts';

/** Lines are chosen by their numbers: a press on one begins, the way to another extends, and the end of it comments. */
export const useLineDrag = () => {
  const { cursor, comments } = useReview();
  const from = useRef<Cursor | null>(null);

  const isSame = (one: Cursor | null, other: Cursor): boolean => one?.path === other.path && one.key === other.key;

  return {
    onPointerDown: (event: PointerEvent): void => {
      if (event.button !== 0 || !(event.target instanceof Element)) return;
      const place = placeOf(event.target);
      if (place === null) return;
      const isNumber = event.target.closest('.line-number') !== null;
      if (event.target.closest('.code-line') === null) return;
      cursor.place(place, { extends: event.shiftKey });
      if (!isNumber) return;
      from.current = place;
      // Numbers are no text to choose.
      event.preventDefault();
      document.getElementById('review-scroll')?.focus({ preventScroll: true });
    },
    onPointerMove: (event: PointerEvent): void => {
      if (from.current === null) return;
      const under = document.elementFromPoint(event.clientX, event.clientY);
      const place = under === null ? null : placeOf(under);
      if (place === null || place.path !== from.current.path || isSame(cursor.cursor.peek(), place)) return;
      cursor.place({ ...place, side: from.current.side }, { extends: true });
    },
    onPointerUp: (): void => {
      if (from.current === null) return;
      from.current = null;
      const chosen = cursor.chosen();
      if (chosen !== null) comments.write(chosen);
    },
  };
};

const placeOf = (element: Element): Cursor | null => {
  const path = element.closest('[data-path]')?.getAttribute('data-path') ?? null;
  const key = element.closest('.review-lines > [data-key]')?.getAttribute('data-key') ?? null;
  if (path === null || key === null) return null;
  const line = element.closest('.code-line');
  const isBefore = line?.matches('[data-side=before], .line-removed') ?? false;
  return { path, key, side: isBefore ? 'before' : 'after' };
};
