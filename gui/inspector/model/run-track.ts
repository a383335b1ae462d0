/**
 * What is known of a run as a whole: the states it was in, one after the other, and the events a person looks for. It
 * grows by the pages of an overview; what is asked of it takes a search, not a walk, however long the run is.
 */
import type { RunOverview } from '../../../actors/protocol/gateway/inspection.ts';

/** One state after another: what was entered at an event, and by which transitions. The first is that of the start. */
export type Stay = RunOverview['stays'][number];
export type Mark = RunOverview['marks'][number];

export type TimeInState = { readonly state: string; readonly ms: number; readonly stays: number };

export type RunTrack = {
  readonly run: number;
  readonly stays: readonly Stay[];
  readonly marks: readonly Mark[];
  /** The run's last event that was heard of. */
  readonly lastSeq: () => number;
  /** Up to where the stays and marks are known. */
  readonly upTo: () => number;
  readonly take: (overview: RunOverview) => void;
  readonly heardOf: (seq: number) => void;
  /** The stay that holds after an event; null while that is not known yet. */
  readonly stayAt: (seq: number) => Stay | null;
  /** The change of state after (or before) an event; null when there is none. */
  readonly nextChange: (seq: number) => number | null;
  readonly previousChange: (seq: number) => number | null;
  readonly nextMark: (seq: number) => Mark | null;
  readonly previousMark: (seq: number) => Mark | null;
  /** When the stay that holds after an event ended; null while it is the last. */
  readonly leftAt: (seq: number) => Stay | null;
  /** How often each transition was taken up to an event, of those that changed the state. */
  readonly countsAt: (seq: number) => ReadonlyMap<string, number>;
  /** The time spent in each state up to an event that happened at `at`, in the order they were first entered. */
  readonly timesAt: (seq: number, at: number) => readonly TimeInState[];
};

/** A track that knows only how the run began. */
export const createRunTrack = (run: number, start: { readonly states: readonly string[]; readonly at: number }) => {
  const stays: Stay[] = [{ seq: 0, at: start.at, states: [...start.states], by: [] }];
  const marks: Mark[] = [];
  /** Where each transition was taken. */
  const takenAt = new Map<string, number[]>();
  /** For each state the stays in it, with the time that was spent there before. */
  const staysIn = new Map<string, { readonly index: number; readonly msBefore: number }[]>();
  let last = 0;
  let upTo = 0;

  const msOf = (index: number, until: number): number => {
    const stay = stays[index];
    // A clock may have been set back; time spent is never negative.
    return stay === undefined ? 0 : Math.max(0, (stays[index + 1]?.at ?? until) - stay.at);
  };

  const enter = (stay: Stay, index: number): void => {
    for (const state of stay.states) {
      const before = staysIn.get(state) ?? [];
      const latest = before.at(-1);
      const msBefore = latest === undefined ? 0 : latest.msBefore + msOf(latest.index, stay.at);
      before.push({ index, msBefore });
      staysIn.set(state, before);
    }
    for (const transition of stay.by) {
      const seqs = takenAt.get(transition) ?? [];
      seqs.push(stay.seq);
      takenAt.set(transition, seqs);
    }
  };
  for (const [index, stay] of stays.entries()) enter(stay, index);

  const indexAt = (seq: number): number => countUpTo(stays, (stay) => stay.seq, seq) - 1;

  const track: RunTrack = {
    run,
    stays,
    marks,
    lastSeq: () => last,
    upTo: () => upTo,
    take: (overview) => {
      for (const stay of overview.stays) {
        if (stay.seq <= upTo) continue;
        stays.push(stay);
        enter(stay, stays.length - 1);
      }
      marks.push(...overview.marks.filter(({ seq }) => seq > upTo));
      upTo = Math.max(upTo, overview.upTo);
      last = Math.max(last, overview.lastSeq);
    },
    heardOf: (seq) => {
      last = Math.max(last, seq);
    },
    stayAt: (seq) => (seq > upTo ? null : (stays[indexAt(seq)] ?? null)),
    nextChange: (seq) => stays[indexAt(seq) + 1]?.seq ?? null,
    previousChange: (seq) => {
      const stay = stays[indexAt(seq - 1)];
      return stay === undefined || stay.seq === 0 ? null : stay.seq;
    },
    nextMark: (seq) => marks[countUpTo(marks, (mark) => mark.seq, seq)] ?? null,
    previousMark: (seq) => marks[countUpTo(marks, (mark) => mark.seq, seq - 1) - 1] ?? null,
    leftAt: (seq) => stays[indexAt(seq) + 1] ?? null,
    countsAt: (seq) =>
      new Map([...takenAt].map(([transition, seqs]) => [transition, countUpTo(seqs, (taken) => taken, seq)])),
    timesAt: (seq, at) => {
      const current = indexAt(seq);
      return [...staysIn].flatMap(([state, list]) => {
        const count = countUpTo(list, ({ index }) => index, current);
        const latest = list[count - 1];
        if (latest === undefined) return [];
        const ms = latest.index === current ? Math.max(0, at - (stays[current]?.at ?? at)) : msOf(latest.index, at);
        return [{ state, ms: latest.msBefore + ms, stays: count }];
      });
    },
  };
  return track;
};

/** How many of a sorted list are at most `most`. */
const countUpTo = <Item>(list: readonly Item[], valueIn: (item: Item) => number, most: number): number => {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = list[middle];
    if (item !== undefined && valueIn(item) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
};
