/**
 * Where an event stands along a track, from 0 to 1, and which event stands there: by its number, or by its time. The
 * times of only some events are known, those at which the state changed or that are marked; the others stand evenly
 * between them. One way is the other turned round, so that a handle stays under the pointer that moves it.
 */
export type TrackAxis = 'events' | 'time';

export type TrackScale = {
  readonly fractionOf: (seq: number) => number;
  readonly seqAt: (fraction: number) => number;
};

type Moment = { readonly seq: number; readonly at: number };

export const createTrackScale = (axis: TrackAxis, moments: readonly Moment[], last: Moment): TrackScale => {
  const known = ascending([...moments.filter(({ seq }) => seq > 0 && seq < last.seq), last], moments[0]?.at ?? last.at);
  const span = (known.at(-1)?.at ?? 0) - (known[0]?.at ?? 0);
  if (axis === 'events' || span <= 0) {
    const length = Math.max(1, last.seq - 1);
    return {
      fractionOf: (seq) => within((seq - 1) / length),
      seqAt: (fraction) => Math.round(within(fraction) * (last.seq - 1)) + 1,
    };
  }
  const start = known[0]?.at ?? 0;
  return {
    fractionOf: (seq) => within((between(known, 'seq', 'at', seq) - start) / span),
    seqAt: (fraction) => Math.round(between(known, 'at', 'seq', start + within(fraction) * span)),
  };
};

const within = (fraction: number): number => Math.min(1, Math.max(0, fraction));

/** In the order of the events, each at least as late as the one before it, whatever the clock did. */
const ascending = (moments: readonly Moment[], startAt: number): readonly Moment[] => {
  const sorted = [...moments].sort((left, right) => left.seq - right.seq);
  const known: Moment[] = [{ seq: 1, at: startAt }];
  for (const { seq, at } of sorted) {
    const before = known.at(-1);
    if (before === undefined || seq > before.seq) known.push({ seq, at: Math.max(at, before?.at ?? at) });
  }
  return known;
};

/** Reads one side of the moments off the other, evenly between two that are known. */
const between = (known: readonly Moment[], from: keyof Moment, to: keyof Moment, value: number): number => {
  let [low, high] = [0, known.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((known[middle]?.[from] ?? 0) <= value) low = middle;
    else high = middle;
  }
  const [left, right] = [known[low], known[high]];
  if (left === undefined || right === undefined) return value;
  const length = right[from] - left[from];
  const part = length === 0 ? 1 : within((value - left[from]) / length);
  return left[to] + part * (right[to] - left[to]);
};
