/**
 * Where the inspector stands in a session's runs, and what is known there. Steps are fetched in pages around the place,
 * the ones that a key may lead to before it is pressed; a run that goes on is followed while one stands at its end.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import { ApiError } from '../../connection/api.ts';
import type { LiveState } from '../../connection/live.ts';
import type { Place } from '../../session/model/place.ts';
import { createRunTrack, type RunTrack } from '../model/run-track.ts';
import { createStepBook, type ShownStep, type StepBook, stepsOfPage } from '../model/step-book.ts';
import type { InspectorSource, RunInList } from './inspector-source.ts';

export type Direction = 1 | -1;

export type InspectorState = {
  /** Null before they are known. */
  readonly runs: ReadonlySignal<readonly RunInList[] | null>;
  /** The run that is looked at; another object whenever more of it is known. */
  readonly track: ReadonlySignal<{ readonly track: RunTrack } | null>;
  readonly place: ReadonlySignal<Place | null>;
  /** The step at the place, or while that is on its way (`isBehind`) the one before it. */
  readonly shown: ReadonlySignal<ShownStep | null>;
  readonly isBehind: ReadonlySignal<boolean>;
  /** Why nothing can be shown. */
  readonly failure: ReadonlySignal<unknown>;
  /** Why a step could not be fetched, while the rest is there. */
  readonly stepFailure: ReadonlySignal<unknown>;
  /** Whether the place moves with a run that goes on. */
  readonly following: ReadonlySignal<boolean>;
  readonly goTo: (place: Place) => void;
  /** One event on or back, over the borders of runs. */
  readonly step: (direction: Direction, events?: number) => void;
  readonly toChange: (direction: Direction) => void;
  readonly toMark: (direction: Direction) => void;
  readonly toRun: (direction: Direction) => void;
  readonly toEdge: (edge: 'start' | 'end') => void;
  readonly retry: () => void;
  readonly close: () => void;
};

/** A run, and a seq in it; `null` is its end. */
type Wanted = { readonly run: number; readonly seq: number | null };

type OpenRun = {
  readonly run: number;
  readonly book: StepBook;
  readonly track: RunTrack;
  /** Resolves when the track knows all that was there when the run was opened. */
  whole: Promise<void>;
};

/** How often at most more of a run that goes on is fetched. */
const catchUpEveryMs = 150;

export const createInspectorState = (source: InspectorSource, at: Place | null): InspectorState => {
  const runs = signal<readonly RunInList[] | null>(null);
  const track = signal<{ readonly track: RunTrack } | null>(null);
  const place = signal<Place | null>(at);
  const shown = signal<ShownStep | null>(null);
  const isBehind = signal(true);
  const failure = signal<unknown>(null);
  const stepFailure = signal<unknown>(null);
  const following = signal(false);

  let current: OpenRun | null = null;
  let wanted: Wanted | null = null;
  let closed = false;
  let isFetching = false;
  let position = 0;
  let tail: { readonly close: () => void } | null = null;
  let catchUpTimer: ReturnType<typeof setTimeout> | undefined;

  const lastRun = (): number => runs.peek()?.at(-1)?.run ?? 0;

  const showPlace = (): void => {
    const seq = place.peek()?.seq;
    const found = seq === undefined || seq === 0 ? null : (current?.book.at(seq) ?? null);
    isBehind.value = found === null && seq !== 0;
    if (found !== null) shown.value = found;
  };

  const stand = (opened: OpenRun, seq: number): void => {
    const last = opened.track.lastSeq();
    const next = Math.min(Math.max(Math.min(1, last), seq), last);
    const before = place.peek();
    if (before?.run !== opened.run || before.seq !== next) place.value = { run: opened.run, seq: next };
    following.value = source.live !== null && next === last && opened.run === lastRun();
    showPlace();
    void fetchAround();
  };

  /** Opens a run at a seq, or at its end. What was asked for meanwhile wins. */
  const open = async (want: Wanted): Promise<void> => {
    wanted = want;
    const { run } = want;
    const isWanted = (): boolean => wanted === want && !closed;
    try {
      const book = createStepBook();
      const seq = want.seq ?? runs.peek()?.find((known) => known.run === run)?.events ?? 1;
      const around = Math.max(0, Math.floor((seq - 1) / stepsOfPage) * stepsOfPage);
      const [first, page] = await Promise.all([
        source.steps(run, 0, around === 0 ? stepsOfPage : 1),
        around === 0 ? null : source.steps(run, around, stepsOfPage),
      ]);
      if (!isWanted()) return;
      const states = first.steps[0]?.from ?? innermostOf(first.before.active);
      const start = { states, at: first.steps[0]?.event.occurredAt ?? 0 };
      const opened: OpenRun = { run, book, track: createRunTrack(run, start), whole: Promise.resolve() };
      book.take(0, first);
      if (page !== null) book.take(around, page);
      opened.track.heardOf((page ?? first).lastSeq);
      current = opened;
      failure.value = null;
      if (opened.track.lastSeq() === 0) shown.value = null;
      stand(opened, want.seq ?? opened.track.lastSeq());
      track.value = { track: opened.track };
      // The step is shown first: the overview of a long run takes longer than a person waits.
      opened.whole = readWhole(opened);
    } catch (error) {
      if (isWanted()) failure.value = error;
    }
  };

  /** The overview of a long run comes in pieces. */
  const readWhole = async (opened: OpenRun): Promise<void> => {
    try {
      while (current === opened && !closed && opened.track.upTo() < opened.track.lastSeq()) {
        const before = opened.track.upTo();
        opened.track.take(await source.overview(opened.run, before));
        if (current === opened) track.value = { track: opened.track };
        if (opened.track.upTo() === before) break;
      }
      stepFailure.value = null;
      void fetchAround();
    } catch (error) {
      if (current === opened && !closed) stepFailure.value = error;
    }
  };

  /** The page of the place first, then those where the next key may lead. */
  const nextMissing = ({ book, track: { lastSeq, ...of } }: OpenRun, seq: number) => {
    const last = lastSeq();
    const places = [
      seq,
      Math.min(last, seq + stepsOfPage),
      Math.max(1, seq - stepsOfPage),
      of.nextChange(seq),
      of.previousChange(seq),
      of.nextMark(seq)?.seq ?? null,
      of.previousMark(seq)?.seq ?? null,
    ];
    for (const candidate of places) {
      const missing = candidate === null || candidate < 1 || candidate > last ? null : book.missing(candidate);
      if (missing !== null) return missing;
    }
    return null;
  };

  /** One page after the other, so that a hand that moves fast asks for where it is, not for where it was. */
  const fetchAround = async (): Promise<void> => {
    if (isFetching) return;
    isFetching = true;
    try {
      for (;;) {
        const [opened, seq] = [current, place.peek()?.seq];
        const missing = opened === null || seq === undefined || closed ? null : nextMissing(opened, seq);
        if (opened === null || missing === null) break;
        const page = await source.steps(opened.run, missing.after, missing.limit);
        opened.book.take(missing.after, page);
        if (opened === current) showPlace();
        if (page.steps.length === 0) break;
      }
      stepFailure.value = null;
    } catch (error) {
      if (!closed) stepFailure.value = error;
    } finally {
      isFetching = false;
    }
  };

  const readRuns = async (): Promise<void> => {
    const known = await source.runs();
    if (!closed) runs.value = known;
  };

  /** Takes in what a run that goes on has come to; the place moves with it when it stands at the end. */
  const catchUp = async (): Promise<void> => {
    catchUpTimer = undefined;
    const opened = current;
    if (closed || opened === null) return;
    const follows = following.peek();
    try {
      opened.track.take(await source.overview(opened.run, opened.track.upTo()));
      if (opened !== current || closed) return;
      await readWhole(opened);
      track.value = { track: opened.track };
      if (follows && lastRun() > opened.run) await open({ run: lastRun(), seq: null });
      else if (follows && following.peek()) stand(opened, opened.track.lastSeq());
      else following.value = false;
    } catch (error) {
      // A runtime that is gone comes back, and then the tail says so; a session that was removed does not.
      if (!closed && error instanceof ApiError && error.status === 404) failure.value = error;
    }
  };

  const catchUpSoon = (): void => {
    catchUpTimer ??= setTimeout(() => void catchUp(), catchUpEveryMs);
  };

  const onEvent = (event: HistoryEvent): void => {
    position = Math.max(position, event.position);
    if (event.run > lastRun() || event.type === 'status') void readRuns().then(catchUpSoon, catchUpSoon);
    else if (event.run === current?.run) catchUpSoon();
  };

  const begin = async (): Promise<void> => {
    try {
      position = (await source.live?.position()) ?? 0;
      // A place that is known is opened at once; for the end the runs have to be known.
      await Promise.all([readRuns(), at === null ? null : open(at)]);
      if (at === null && lastRun() > 0) await open({ run: lastRun(), seq: null });
      if (closed) return;
      if (current !== null) stand(current, place.peek()?.seq ?? current.track.lastSeq());
      tail ??=
        source.live?.tail({
          after: () => position,
          onEvent,
          onState: (state: LiveState) => {
            if (state.kind === 'live') catchUpSoon();
          },
        }) ?? null;
    } catch (error) {
      if (!closed) failure.value = error;
    }
  };
  void begin();

  /** Whoever moves on in this run does not want another one any more that is still on its way. */
  const standHere = (opened: OpenRun, seq: number): void => {
    wanted = null;
    stand(opened, seq);
  };

  const goTo = (next: Place): void => {
    if (current?.run === next.run) standHere(current, next.seq);
    else void open(next);
  };

  const hasRun = (run: number): boolean => runs.peek()?.some((known) => known.run === run) ?? false;

  /** To the run before or after: at its beginning, or at its end. */
  const crossTo = (run: number, seq: number | null): void => {
    if (hasRun(run)) void open({ run, seq });
  };

  const moveTo = (seq: number | null, direction: Direction): void => {
    if (current === null) return;
    if (seq !== null) standHere(current, seq);
    else if (direction === 1) crossTo(current.run + 1, 1);
    else crossTo(current.run - 1, null);
  };

  const here = (): number => place.peek()?.seq ?? 0;

  const isWhole = (known: RunTrack): boolean => known.upTo() >= known.lastSeq();

  /** To what is looked for in the track; where that is not known yet, when it is. */
  const moveToFound = (find: (known: RunTrack) => number | null, direction: Direction): void => {
    const opened = current;
    if (opened === null) return;
    const { track: known, whole } = opened;
    const found = here() <= known.upTo() ? find(known) : null;
    if (found !== null || isWhole(known)) moveTo(found, direction);
    else {
      void whole.then(() => {
        if (opened === current && !closed && isWhole(known)) moveTo(find(known), direction);
      });
    }
  };

  return {
    runs,
    track,
    place,
    shown,
    isBehind,
    failure,
    stepFailure,
    following,
    goTo,
    step: (direction, events = 1) => {
      const next = here() + direction * events;
      const last = current?.track.lastSeq() ?? 0;
      const isOutside = direction === 1 ? here() >= last : here() <= 1;
      moveTo(isOutside ? null : next, direction);
    },
    toChange: (direction) =>
      moveToFound((known) => (direction === 1 ? known.nextChange(here()) : known.previousChange(here())), direction),
    toMark: (direction) =>
      moveToFound(
        (known) => (direction === 1 ? known.nextMark(here()) : known.previousMark(here()))?.seq ?? null,
        direction,
      ),
    toRun: (direction) => {
      if (current !== null) crossTo(current.run + direction, 1);
    },
    toEdge: (edge) => {
      if (current !== null) standHere(current, edge === 'start' ? 1 : current.track.lastSeq());
    },
    retry: () => {
      if (failure.peek() !== null || current === null) void begin();
      else current.whole = readWhole(current);
    },
    close: () => {
      closed = true;
      clearTimeout(catchUpTimer);
      tail?.close();
    },
  };
};

/** The innermost of states that are told with their parents. */
export const innermostOf = (active: readonly string[]): readonly string[] =>
  active.filter((id) => !active.some((other) => other.startsWith(`${id}.`)));
