import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useWindow } from '../../shell/window-scope.ts';
import {
  type FileInSight,
  heightOf,
  inSight,
  isSameSight,
  placeAt,
  type ScrollLayout,
  topOf,
  topOfFile,
} from '../model/scroll-layout.ts';
import { type ReviewScope, useReview } from '../state/review-context.ts';
import { FileSection } from './file-section.tsx';
import { useLineDrag } from './use-line-drag.ts';
import { useTextMetrics } from './use-text-metrics.ts';
import { askWhy } from './why-dialog.tsx';

/** How far beyond what is seen is drawn, and fetched. */
const drawnBeyond = 600;
const fetchedBeyond = 2_400;
/** The bar of gathered comments, which floats at the end. In rem. */
const barHeight = 6;

/** What the reader looks at, to be kept in its place: a row, and how far below the edge it stands. */
type Kept = { readonly path: string; readonly key: string | null; readonly into: number; readonly below: number };

/** All files in one scroll, of which only what is in sight is in the document. */
export const DiffScroll = () => {
  const scope = useReview();
  const { files, scroll, scrollTop, cursor, whose } = scope;
  const element = useRef<HTMLElement>(null);
  const viewport = useSignal(800);
  const kept = useRef<Kept | null>(null);
  useTextMetrics(element);
  const drag = useLineDrag();
  const { isRuntimeGone } = useWindow();

  // The same one as long as nothing else is in sight: not each pixel of a scroll draws anew.
  const lastSight = useRef<readonly FileInSight[]>([]);
  const sight = useComputed((): readonly FileInSight[] => {
    const now = inSight(scroll.value, scrollTop.value - drawnBeyond, scrollTop.value + viewport.value + drawnBeyond);
    if (!isSameSight(lastSight.current, now)) lastSight.current = now;
    return lastSight.current;
  }).value;
  const layout = scroll.value;
  const listed = files.listed.value;

  const keep = (): void => {
    kept.current = keptAt(scope, scroll.peek(), scrollTop.peek());
  };

  const onScroll = (): void => {
    const { current } = element;
    if (current === null) return;
    scrollTop.value = current.scrollTop;
    keep();
  };

  // What comes, goes or turns out higher above what is read does not move that.
  useLayoutEffect(() => {
    const { current } = element;
    const before = kept.current;
    if (current !== null && before !== null) {
      const top = topOfKept(scope, layout, before);
      if (top !== null && Math.abs(top - before.below - current.scrollTop) > 0.5) {
        current.scrollTop = top - before.below;
        scrollTop.value = current.scrollTop;
      }
    }
    keep();
  }, [layout]);

  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(() => {
      viewport.value = current.clientHeight;
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [viewport]);

  // What is near is fetched first. That is looked at anew with each answer, and with each scroll.
  const near = useComputed(() =>
    inSight(scroll.value, scrollTop.value - fetchedBeyond / 4, scrollTop.value + viewport.value + fetchedBeyond)
      .map(({ file }) => file)
      .join(),
  ).value;
  useEffect(() => {
    if (isRuntimeGone.value) return;
    files.want(near === '' ? [] : near.split(',').flatMap((file) => listed[Number(file)] ?? []));
  }, [files, near, listed, isRuntimeGone.value]);

  const drawn = sight.map(({ file }) => file).join();
  useEffect(() => {
    if (whose.isShown.value) whose.want(sight.flatMap(({ file }) => listed[file] ?? []));
  }, [whose, drawn, listed, whose.isShown.value]);

  const target = cursor.target.value;
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null || target === null) return;
    const file = listed.findIndex(({ path }) => path === target.path);
    if (file < 0) return;
    const top = topWanted(scope, file, target.key, target.align, current);
    if (top === null) return;
    current.scrollTop = top;
    onScroll();
  }, [target]);

  const askWhose = ({ target: at }: MouseEvent): void => {
    if (at instanceof Element && at.closest('.whose') !== null) askWhy(scope);
  };

  const { rem } = scope.metrics.value;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the whole review
    <section
      ref={element}
      id="review-scroll"
      class="review-scroll"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls, and has a cursor, is to be reached with the keyboard
      tabIndex={0}
      aria-label="Changes"
      onScroll={onScroll}
      onPointerDown={drag.onPointerDown}
      onPointerMove={drag.onPointerMove}
      onPointerUp={drag.onPointerUp}
      onClick={askWhose}
    >
      <div class="review-canvas" style={{ height: `${(layout.tops.at(-1) ?? 0) + barHeight * rem}px` }}>
        {sight.map(({ file, from, to }) => {
          const entry = listed[file];
          const shape = layout.shapes[file];
          if (entry === undefined || shape === undefined) return null;
          const [top, height] = [topOfFile(layout, file), heightOf(shape, layout.sizes)];
          return <FileSection key={entry.path} entry={entry} top={top} height={height} from={from} to={to} />;
        })}
      </div>
    </section>
  );
};

const keptAt = ({ files }: ReviewScope, layout: ScrollLayout, scrollTop: number): Kept | null => {
  // At the very beginning nothing is read yet, and what comes there is to be seen.
  if (scrollTop <= 0) return null;
  const place = placeAt(layout, scrollTop + layout.sizes.head);
  const entry = files.listed.peek()[place.file];
  if (entry === undefined) return null;
  const key = place.row === null ? null : (entry.rows.peek()[place.row]?.key ?? null);
  return { path: entry.path, key, into: place.into, below: topOf(layout, place) - scrollTop };
};

const topOfKept = ({ files }: ReviewScope, layout: ScrollLayout, { path, key, into }: Kept): number | null => {
  const file = files.listed.peek().findIndex((entry) => entry.path === path);
  const entry = files.listed.peek()[file];
  if (entry === undefined) return null;
  const rows = entry.rows.peek();
  const row = key === null ? -1 : rows.findIndex((each) => each.key === key);
  if (key === null || row >= 0) return topOf(layout, { file, row: row < 0 ? null : row, into });
  // The row is not there in this form: the nearest that begins before it.
  const number = Number(/\d+/u.exec(key)?.[0] ?? 0);
  const near = rows.findLastIndex((each) => Number(/\d+/u.exec(each.key)?.[0] ?? 0) <= number);
  return topOf(layout, { file, row: Math.max(0, near), into: 0 });
};

/** Where the scroll has to stand so that a row is seen; null where it is seen already. */
const topWanted = (
  { files, scroll, metrics }: ReviewScope,
  file: number,
  key: string | null,
  align: 'near' | 'top' | 'upper',
  { scrollTop, clientHeight }: HTMLElement,
): number | null => {
  const layout = scroll.peek();
  const { rem, lineHeight } = metrics.peek();
  const rows = files.listed.peek()[file]?.rows.peek() ?? [];
  const found = key === null ? -1 : rows.findIndex((row) => row.key === key);
  const row = found < 0 ? null : found;
  const top = topOf(layout, { file, row, into: 0 });
  const { head, gap } = layout.sizes;
  if (align === 'top') return top - gap;
  if (align === 'upper' && row !== null) {
    const isSeen = top > scrollTop + head && top + 4 * lineHeight < scrollTop + clientHeight - barHeight * rem;
    return isSeen ? null : Math.max(0, top - clientHeight / 4);
  }
  const bottom = row === null ? top + head : topOf(layout, { file, row: row + 1, into: 0 });
  if (top < scrollTop + (row === null ? 0 : head)) return Math.max(0, top - (row === null ? gap : head + lineHeight));
  const end = scrollTop + clientHeight - barHeight * rem;
  return bottom > end ? bottom - clientHeight + barHeight * rem : null;
};
