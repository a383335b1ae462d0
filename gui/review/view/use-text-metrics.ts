import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { useReview } from '../state/review-context.ts';

/** Measures what lines are drawn with: how high one is, and how many columns it has. Anew whenever the width changes. */
export const useTextMetrics = (scroller: RefObject<HTMLElement | null>): void => {
  const { metrics, whose, width } = useReview();
  const showsWhose = whose.isShown.value;
  useEffect(() => {
    const { current } = scroller;
    if (current === null) return;
    const measure = (): void => {
      const probe = document.createElement('div');
      probe.className = 'review-lines review-probe';
      probe.setAttribute('aria-hidden', 'true');
      const line = document.createElement('div');
      line.className = 'code-line';
      const number = document.createElement('span');
      number.className = 'line-number';
      const text = document.createElement('span');
      text.textContent = '0'.repeat(probeColumns);
      const margin = document.createElement('span');
      if (showsWhose) margin.className = 'whose';
      line.append(margin, number, text);
      probe.append(line);
      current.append(probe);
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      const lineHeight = line.getBoundingClientRect().height;
      const column = text.getBoundingClientRect().width / probeColumns;
      const numbers = number.getBoundingClientRect().width;
      const ofWhose = showsWhose ? margin.getBoundingClientRect().width : 0;
      const style = getComputedStyle(current);
      const inner =
        current.clientWidth -
        Number.parseFloat(style.paddingLeft) -
        Number.parseFloat(style.paddingRight) -
        2 -
        ofWhose;
      probe.remove();
      const beside = (markRem + paddingRem) * rem;
      const room = Math.floor((inner - 2 * numbers - beside) / column);
      const roomBeside = Math.floor((inner / 2 - numbers - beside) / column);
      const now = metrics.peek();
      width.value = (current.closest('.review')?.clientWidth ?? current.clientWidth) / rem;
      if (now.rem === rem && now.lineHeight === lineHeight && now.room === room && now.roomBeside === roomBeside)
        return;
      metrics.value = { rem, lineHeight, room, roomBeside };
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [scroller, metrics, width, showsWhose]);
};

const probeColumns = 100;
/** The column of marks, and the room behind a line. */
const markRem = 1.125;
const paddingRem = 0.75;
