import { useComputed, useSignal } from '@preact/signals';
import { useCallback, useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { Button } from '../../components/button.tsx';
import { ItemView } from '../items/item-view.tsx';
import type { Item } from '../model/item.ts';
import { useSession } from '../state/session-context.ts';
import { TimelineEdge } from './timeline-edge.tsx';
import { useTimelineKeys } from './use-timeline-keys.ts';

/** How near an edge the next page is fetched, and how near the end counts as being there. */
const fetchWithinPixels = 1200;
const endWithinPixels = 32;

/**
 * The timeline, of which only what is in sight is in the document. It stays at the end as it grows, unless the reader
 * has scrolled up.
 */
export const TimelineList = () => {
  const { state, showQuiet } = useSession();
  const scroller = useRef<HTMLElement>(null);
  const list = useRef<VirtualizerHandle | null>(null);
  const lastOffset = useRef(0);
  const lastViewport = useRef(0);
  const lastWidth = useRef(0);
  const isSettling = useRef(false);
  const isLeaving = useRef(false);
  const wentTo = useRef(0);
  const loading = useSignal<'earlier' | 'later' | null>(null);

  const timeline = state.timeline.value;
  const items = useComputed((): readonly Item[] => {
    const all = state.timeline.value?.items ?? [];
    return showQuiet.value ? all : all.filter((item) => item.kind !== 'quiet' && !isLedgerHead(item));
  }).value;
  const target = state.target.value;
  const markedKey = target === null ? null : (state.itemAt(target.place)?.key ?? null);
  const following = state.following.value;

  const toEnd = useCallback((): void => {
    const handle = list.current;
    if (handle === null || !state.following.peek()) return;
    handle.scrollTo(handle.scrollSize);
  }, [state]);

  const load = (edge: 'earlier' | 'later'): void => {
    if (loading.peek() !== null) return;
    loading.value = edge;
    const done = edge === 'earlier' ? state.loadEarlier() : state.loadLater();
    void done.finally(() => {
      loading.value = null;
    });
  };

  // Lines that break elsewhere change every height, and the list corrects its offset in steps: no reader did that.
  const noticeWidth = (): void => {
    const width = scroller.current?.clientWidth ?? 0;
    if (lastWidth.current !== 0 && width !== lastWidth.current) isSettling.current = true;
    lastWidth.current = width;
  };
  const settle = useCallback((): void => {
    isSettling.current = false;
  }, []);

  const onScroll = (): void => {
    noticeWidth();
    const handle = list.current;
    const now = state.timeline.peek();
    if (handle === null || now === null) return;
    const { scrollOffset: offset, viewportSize } = handle;
    const toTheEnd = handle.scrollSize - offset - viewportSize;
    // What grows below does not move the offset: only a reader who scrolls up leaves the end. A window that is made
    // larger moves it, too.
    const isResized = isSettling.current || viewportSize !== lastViewport.current;
    if (!isResized && offset < lastOffset.current - 1 && toTheEnd > endWithinPixels) state.leaveEnd();
    // A hand that has begun to go up is near the end for some frames yet, while the end goes away below it.
    else if (toTheEnd <= endWithinPixels && !(isLeaving.current && offset <= lastOffset.current)) state.reachEnd();
    if (offset > lastOffset.current || toTheEnd > endWithinPixels) isLeaving.current = false;
    lastOffset.current = offset;
    lastViewport.current = viewportSize;
    if (now.hasEarlier && offset < fetchWithinPixels) load('earlier');
    else if (now.hasLater && toTheEnd < fetchWithinPixels) load('later');
  };

  useLayoutEffect(toEnd, [items, following, toEnd]);

  // What appears above or below (a plan, a longer prompt) takes room from the timeline, and would cover its end.
  const isShown = timeline !== null;
  useEffect(() => {
    const element = scroller.current;
    if (!isShown || element === null) return;
    const observer = new ResizeObserver(() => {
      noticeWidth();
      toEnd();
    });
    observer.observe(element);
    const ending = new AbortController();
    for (const hand of ['wheel', 'touchmove', 'pointerdown', 'keydown']) {
      element.addEventListener(hand, settle, { passive: true, signal: ending.signal });
    }
    // What pours in would undo a scroll that has just begun: the end is left when the hand moves, not when it has arrived.
    const leave = (): void => {
      if (element.scrollTop <= 0) return;
      isLeaving.current = true;
      state.leaveEnd();
    };
    element.addEventListener(
      'wheel',
      (event) => event.deltaY < 0 && !event.ctrlKey && !isInner(event, element) && leave(),
      {
        passive: true,
        signal: ending.signal,
      },
    );
    element.addEventListener('keydown', (event) => event.target === element && keysUp.has(event.key) && leave(), {
      signal: ending.signal,
    });
    return () => {
      observer.disconnect();
      ending.abort();
    };
  }, [isShown, state, toEnd]);

  useLayoutEffect(() => {
    if (target === null || target.request === wentTo.current || markedKey === null) return;
    const index = items.findIndex((item) => item.key === markedKey);
    // It may be of the quiet kind, which is hidden until it is asked for; the beginning is there without it.
    if (index === -1 && target.place.run > 0) {
      showQuiet.value = true;
      return;
    }
    wentTo.current = target.request;
    list.current?.scrollToIndex(Math.max(0, index), { align: 'center' });
    // What is near the end cannot be brought to the middle: the reader is at the end then.
    requestAnimationFrame(onScroll);
  }, [target, markedKey, items, showQuiet]);

  const onKeyDown = useTimelineKeys({ list, items });

  if (timeline === null) return <div class="timeline-loading" aria-busy="true" />;
  return (
    <div class="timeline">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached with the keyboard */}
      <section ref={scroller} class="timeline-scroll" tabIndex={0} aria-label="Timeline" onKeyDown={onKeyDown}>
        <div class="timeline-column" role="feed" aria-busy={loading.value !== null} aria-label="Events">
          <Virtualizer
            ref={list}
            scrollRef={scroller}
            data={items}
            shift={timeline.grewAtStart}
            bufferSize={600}
            onScroll={onScroll}
            onScrollEnd={() => {
              settle();
              toEnd();
            }}
            onResize={() => {
              toEnd();
              // What was measured is drawn in the next frame: the end is further down then.
              requestAnimationFrame(toEnd);
              onScroll();
            }}
          >
            {(item) => <ItemView key={item.key} item={item} isMarked={item.key === markedKey} />}
          </Virtualizer>
        </div>
      </section>
      <TimelineEdge loading={loading.value} />
      {(!following || timeline.hasLater) && (
        <Button class="to-now" icon="chevron" onClick={() => void state.goToEnd()}>
          {state.unseen.value === 0 ? 'Jump to now' : `Jump to now · ${counted(state.unseen.value, 'new event')}`}
        </Button>
      )}
    </div>
  );
};

const keysUp = new Set(['ArrowUp', 'PageUp']);

/** Whether the wheel moves something in the timeline that scrolls by itself, such as a long output. */
const isInner = (event: Event, timeline: Element): boolean => {
  const path = event.composedPath();
  return path.slice(0, path.indexOf(timeline)).some((element) => element instanceof Element && element.scrollTop > 0);
};

/** The ledger's entries are notes: without them, nothing stands below its heading. */
const isLedgerHead = (item: Item): boolean => item.kind === 'run' && item.run === 0;
