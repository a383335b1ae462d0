/**
 * What the view of one session knows: a bounded stretch of its history as items, and how that grows. It opens at the end
 * with one page, whatever the length of the session; the rest is fetched when somebody goes there.
 */
import { signal } from '@preact/signals';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { SessionDetail } from '../../../actors/protocol/gateway/dashboard.ts';
import type { LiveState } from '../../connection/live.ts';
import {
  createTrim,
  type EventWindow,
  emptyWindow,
  firstPlace,
  lastPlace,
  type WindowBounds,
  withEarlier,
  withLater,
  withLive,
} from '../model/event-window.ts';
import { comparePlaces, type Place } from '../model/place.ts';
import { createTimelineModel, type TimelineModel } from '../model/timeline-model.ts';
import type { Page, SessionSource } from './session-source.ts';
import type { SessionState, SessionStateOptions, Target, Timeline } from './session-state-types.ts';

const usualBounds: WindowBounds = { events: 6000, characters: 40_000_000 };
const usualPageEvents = 300;
const eventsAroundTarget = 100;

export const createSessionState = (source: SessionSource, options: SessionStateOptions = {}): SessionState => {
  const { pageEvents = usualPageEvents, bounds = usualBounds, detailEveryMs = 400 } = options;
  const soon = options.soon ?? createDrawing();

  const detail = signal<SessionDetail | null>(null);
  const timeline = signal<Timeline | null>(null);
  const failure = signal<unknown>(null);
  const tail = signal<LiveState>({ kind: 'connecting' });
  const unseen = signal(0);
  const following = signal(options.at === undefined);
  const target = signal<Target | null>(null);
  const lastRun = signal(0);
  const lastLedgerSeq = signal(0);

  const trimmed = createTrim();
  let window: EventWindow = emptyWindow;
  let model: TimelineModel = createTimelineModel();
  let arrived: HistoryEvent[] = [];
  let tailPosition = 0;
  let lastHeard: Place | null = null;
  let requests = 0;
  let closed = false;
  let flushing = false;
  /** Changes of the window one after the other: each begins where the one before it ended. */
  let turn: Promise<void> = Promise.resolve();
  let detailTimer: ReturnType<typeof setTimeout> | undefined;
  let connection: { readonly close: () => void } | null = null;

  const show = (grewAtStart: boolean): void => {
    const { hasEarlier, hasLater } = window;
    timeline.value = { items: model.items(), plan: model.latestPlan(), grewAtStart, hasEarlier, hasLater };
    // What came while the first page was on its way waits for it.
    if (arrived.length > 0) flushSoon();
  };

  /** Draws the window from its events. Its length is bounded, and so is what this costs. */
  const rebuild = (next: EventWindow, grewAtStart: boolean): void => {
    window = next;
    model = createTimelineModel();
    model.append(window.events);
    show(grewAtStart);
  };

  /** Remembers the newest place, and gives how many of the events are newer than all before. */
  const heard = (events: readonly HistoryEvent[]): number => {
    let news = 0;
    for (const event of events) {
      if (event.run === 0 && event.seq > lastLedgerSeq.peek()) lastLedgerSeq.value = event.seq;
      if (lastHeard !== null && comparePlaces(event, lastHeard) <= 0) continue;
      lastHeard = { run: event.run, seq: event.seq };
      news += 1;
    }
    if (lastHeard !== null && lastHeard.run > lastRun.peek()) lastRun.value = lastHeard.run;
    return news;
  };

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = turn.then(async () => {
      if (closed) return;
      try {
        await work();
        if (!closed) failure.value = null;
      } catch (error) {
        if (!closed) failure.value = error;
      }
    });
    turn = done;
    return done;
  };

  const withinBounds = (keep: 'start' | 'end'): void => {
    const next = trimmed(window, bounds, keep);
    if (next !== window) rebuild(next, keep === 'end');
  };

  const flush = (): void => {
    flushing = false;
    if (closed || timeline.value === null) return;
    const events = arrived;
    arrived = [];
    if (events.length === 0) return;
    refreshSoon();
    const news = heard(events);
    if (!following.value && news > 0) unseen.value += news;
    // The end is not held: what is new is fetched when the reader gets there.
    if (window.hasLater) return;
    const result = withLive(window, events);
    if (result.kind === 'gap') void inTurn(catchUp);
    else if (result.kind === 'inserted') rebuild(result.window, true);
    else if (result.fresh.length > 0) {
      window = result.window;
      model.append(result.fresh);
      show(false);
    }
    if (following.value) withinBounds('end');
  };

  const flushSoon = (): void => {
    if (flushing) return;
    flushing = true;
    soon(flush);
  };

  /** Fetches what is missing between the window and the newest that was heard of. */
  const catchUp = async (): Promise<void> => {
    for (;;) {
      const last = lastPlace(window);
      if (last === null || closed) return;
      const page = await source.after(last, pageEvents);
      heard(page.events);
      rebuild(withLater(window, page.events, page.hasLater), false);
      if (following.value) withinBounds('end');
      if (page.events.length === 0 || !page.hasLater) return;
    }
  };

  const refresh = async (): Promise<void> => {
    clearTimeout(detailTimer);
    detailTimer = undefined;
    try {
      const next = await source.detail();
      if (!closed) detail.value = next;
    } catch (error) {
      if (!closed && detail.value === null) failure.value = error;
    }
  };

  const refreshSoon = (): void => {
    detailTimer ??= setTimeout(() => void refresh(), detailEveryMs);
  };

  const toEnd = async (): Promise<void> => {
    await follow();
    const page = await source.before('end', pageEvents);
    heard(page.events);
    unseen.value = 0;
    following.value = true;
    rebuild({ events: page.events, hasEarlier: page.hasEarlier, hasLater: false }, false);
  };

  const toPlace = async (place: Place): Promise<void> => {
    following.value = false;
    await follow();
    if (model.indexAt(place) === null) {
      const [earlier, later] = await Promise.all([
        source.before(place, eventsAroundTarget),
        source.after({ run: place.run, seq: place.seq - 1 }, pageEvents),
      ]);
      heard(later.events);
      rebuild(windowOf(earlier, later), false);
    }
    requests += 1;
    target.value = { place, request: requests };
  };

  /** Follows the log from where it stands, before anything of it is read: what is told twice is taken once. */
  const follow = async (): Promise<void> => {
    if (connection !== null) return;
    tailPosition = await source.position();
    if (closed) return;
    connection = source.tail({
      after: () => tailPosition,
      onState: (state) => {
        tail.value = state;
        if (state.kind === 'live') refreshSoon();
      },
      onEvent: (event) => {
        tailPosition = Math.max(tailPosition, event.position);
        arrived.push(event);
        flushSoon();
      },
    });
  };

  void inTurn(() => (options.at === undefined ? toEnd() : toPlace(options.at)));
  void refresh();

  return {
    detail,
    timeline,
    failure,
    tail,
    unseen,
    following,
    target,
    lastRun,
    lastLedgerSeq,
    itemAt: (place) => model.items()[model.indexAt(place) ?? -1] ?? null,
    loadEarlier: () =>
      inTurn(async () => {
        const first = firstPlace(window);
        if (first === null || !window.hasEarlier) return;
        const page = await source.before(first, pageEvents);
        rebuild(withEarlier(window, page.events, page.hasEarlier), true);
        if (!following.value) withinBounds('start');
      }),
    loadLater: () =>
      inTurn(async () => {
        const last = lastPlace(window);
        if (last === null || !window.hasLater) return;
        const page = await source.after(last, pageEvents);
        heard(page.events);
        const isBehind = lastHeard !== null && comparePlaces(page.events.at(-1) ?? last, lastHeard) < 0;
        rebuild(withLater(window, page.events, page.hasLater || isBehind), false);
        withinBounds('end');
      }),
    goTo: (place) => inTurn(() => toPlace(place)),
    goToEnd: async () => {
      if (window.hasLater || timeline.value === null) return inTurn(toEnd);
      following.value = true;
      unseen.value = 0;
    },
    jump: async (types, from, direction) => {
      const found = await source.find(types, from, direction);
      if (found === null || closed) return false;
      await inTurn(() => toPlace(found));
      return true;
    },
    leaveEnd: () => {
      following.value = false;
    },
    reachEnd: () => {
      if (window.hasLater) return;
      following.value = true;
      unseen.value = 0;
    },
    refresh,
    close: () => {
      closed = true;
      clearTimeout(detailTimer);
      connection?.close();
    },
  };
};

const windowOf = (earlier: Page, later: Page): EventWindow => ({
  events: [...earlier.events, ...later.events],
  hasEarlier: earlier.hasEarlier,
  hasLater: later.hasLater,
});

/** As often as a reader can take in what is new; each time costs a layout or two. */
const drawEveryMs = 50;

/**
 * Draws what is new in the next frame, or when the last such frame was a while ago. A hidden page has no frames, and is
 * to go on all the same.
 */
const createDrawing = (): ((run: () => void) => void) => {
  let drawnAt = Number.NEGATIVE_INFINITY;
  return (run) => {
    const draw = (): void => {
      drawnAt = performance.now();
      run();
    };
    if (document.hidden) setTimeout(draw, 200);
    else setTimeout(() => requestAnimationFrame(draw), Math.max(0, drawnAt + drawEveryMs - performance.now()));
  };
};
