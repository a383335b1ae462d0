/**
 * Finds in a replay what an agent had said before: its messages, or its thoughts, against those of the log. They are
 * found by the agent's ids where it keeps them, and otherwise by content and order, however the pieces are cut or
 * joined now. Every known text is found once, so a sentence that is really said once more is news.
 */
import { hashOfText } from '../../model/run/item-marks.ts';
import { headCharacters, type KnownText } from '../../protocol/facts/known-item.ts';

/** A known text and its place among all known items. */
export type PlacedText = { readonly text: KnownText; readonly place: number };

/** A piece of the replay, without white space. */
export type Piece = { readonly id: string | null; readonly said: string };

/** What became of a replayed stretch of pieces. */
export type Found = {
  /** The places of the known texts that were found in it. */
  readonly places: readonly number[];
  /** Whether it was found by an id of the agent's. */
  readonly byId: boolean;
  /** What is not known: of this piece, from this character on; `isLast` when nothing known comes after it. */
  readonly unknown: readonly { readonly piece: number; readonly from: number; readonly isLast: boolean }[];
};

/** How many texts that begin alike are looked at for one that fits. */
const maxCandidates = 32;

export const createReplayTexts = (known: readonly PlacedText[]) => {
  const isFound = new Uint8Array(known.length);
  const byId = new Map<string, number[]>();
  const byHash = new Map<string, number[]>();
  const byHead = new Map<string, number[]>();
  for (const [index, { text }] of known.entries()) {
    if (text.id !== null) push(byId, text.id, index);
    push(byHash, text.hash, index);
    push(byHead, text.head, index);
  }
  /** The text after the one that was found last: a replay keeps the order. */
  let next = 0;
  /** Of a text that was told only in part: what the whole begins with, to tell the rest of it when it comes. */
  let begun: { readonly index: number; readonly said: string } | null = null;

  /** The texts that follow one another in `said` from one of the log on, and what of it is then left. */
  const follow = (from: number, said: string): { found: number[]; rest: string; begins: boolean } => {
    const found: number[] = [];
    let rest = said;
    for (let index = from; rest !== ''; index += 1) {
      const text = known[index]?.text;
      if (text === undefined || isFound[index] === 1) break;
      if (!rest.startsWith(text.head.slice(0, rest.length))) break;
      if (rest.length < text.characters) return { found: [...found, index], rest: '', begins: true };
      if (hashOfText(rest.slice(0, text.characters)) !== text.hash) break;
      found.push(index);
      rest = rest.slice(text.characters);
    }
    return { found, rest, begins: false };
  };

  const take = (indexes: readonly number[]): void => {
    for (const index of indexes) isFound[index] = 1;
    const last = indexes.at(-1);
    if (last !== undefined) next = last + 1;
  };

  /** Not yet found texts that a stretch may begin with: the one that is next, then all that begin alike. */
  const candidates = (said: string): readonly number[] => {
    const alike: number[] = [];
    for (let length = Math.min(headCharacters, said.length); length > 0 && alike.length < maxCandidates; length -= 1) {
      const indexes = unfound(byHead, said.slice(0, length), isFound);
      alike.push(...indexes.slice(0, maxCandidates - alike.length));
    }
    return [next, ...alike];
  };

  /** The rest of the text that was told in part before, if a stretch begins with it. */
  const finishBegun = (said: string): { readonly place: number | null; readonly rest: string } => {
    const open = begun;
    begun = null;
    const placed = open === null ? undefined : known[open.index];
    if (open === null || placed === undefined) return { place: null, rest: said };
    const missing = placed.text.characters - open.said.length;
    const isRest = said.length >= missing && hashOfText(`${open.said}${said.slice(0, missing)}`) === placed.text.hash;
    return isRest ? { place: placed.place, rest: said.slice(missing) } : { place: null, rest: said };
  };

  return {
    /** Whether the log has a text of this id. */
    hasId: (id: string): boolean => byId.has(id),

    /** Looks for a stretch of pieces that the agent told without anything between them. */
    find: (pieces: readonly Piece[]): Found => {
      const whole = pieces.map(({ said }) => said).join('');
      const places: number[] = [];
      const unknown: { piece: number; from: number; isLast: boolean }[] = [];
      const taken = (indexes: readonly number[], said: string, begins: boolean): void => {
        take(indexes);
        for (const index of indexes) places.push(known[index]?.place ?? 0);
        for (const piece of unknown) piece.isLast = false;
        const last = indexes.at(-1);
        if (begins && last !== undefined) begun = { index: last, said };
      };
      const id = pieces[0]?.id ?? null;
      const named = id === null ? undefined : byId.get(id);
      const own = named === undefined || id === null ? undefined : (unfound(byId, id, isFound)[0] ?? null);
      const finished = finishBegun(whole);
      if (finished.place !== null) places.push(finished.place);
      let rest = finished.rest;
      if (rest === '') return { places, byId: named !== undefined, unknown };

      // In order, as a whole: what every faithful replay is.
      const from = own ?? next;
      const inOrder = follow(from, rest);
      if (inOrder.rest === '') {
        taken(inOrder.found, beginning(rest, inOrder.found, known), inOrder.begins);
        return { places, byId: named !== undefined, unknown };
      }
      if (named !== undefined) {
        // Known by its id, whatever it says. What goes on where the log's text ends is new, if it begins like that.
        if (own === null || own === undefined) return { places, byId: true, unknown };
        if (inOrder.found.length === 0) {
          taken([own], '', false);
          return { places, byId: true, unknown };
        }
        taken(inOrder.found, '', false);
        rest = inOrder.rest;
      } else {
        const same = unfound(byHash, hashOfText(rest), isFound)[0];
        if (same !== undefined) {
          taken([same], '', false);
          return { places, byId: false, unknown };
        }
      }
      while (rest !== '') {
        const step = firstThat(candidates(rest), (index) => {
          const followed = follow(index, rest);
          return followed.found.length === 0 ? null : followed;
        });
        if (step !== null) {
          taken(step.found, beginning(rest, step.found, known), step.begins);
          rest = step.rest;
          continue;
        }
        const at = placeOf(pieces, whole.length - rest.length);
        unknown.push({ ...at, isLast: true });
        rest = rest.slice((pieces[at.piece]?.said.length ?? rest.length) - at.from);
      }
      return { places, byId: named !== undefined, unknown };
    },
  };
};

const push = (lists: Map<string, number[]>, key: string, index: number): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [index]);
  else list.push(index);
};

/** Those of a list that were not found yet; the found ones at its beginning are forgotten on the way. */
const unfound = (lists: Map<string, number[]>, key: string, isFound: Uint8Array): readonly number[] => {
  const list = lists.get(key);
  if (list === undefined) return [];
  let found = 0;
  while (found < list.length && isFound[list[found] ?? 0] === 1) found += 1;
  if (found > 0) list.splice(0, found);
  const open: number[] = [];
  for (const index of list) {
    if (isFound[index] !== 1) open.push(index);
    if (open.length === maxCandidates) break;
  }
  return open;
};

/** What of a stretch belongs to the last of the texts that were found in it. */
const beginning = (said: string, found: readonly number[], known: readonly PlacedText[]): string =>
  said.slice(found.slice(0, -1).reduce((sum, index) => sum + (known[index]?.text.characters ?? 0), 0));

const placeOf = (pieces: readonly Piece[], offset: number): { piece: number; from: number } => {
  let from = offset;
  for (const [piece, { said }] of pieces.entries()) {
    if (from < said.length) return { piece, from };
    from -= said.length;
  }
  return { piece: pieces.length - 1, from: 0 };
};

const firstThat = <Value, Result>(values: readonly Value[], make: (value: Value) => Result | null): Result | null => {
  for (const value of values) {
    const result = make(value);
    if (result !== null) return result;
  }
  return null;
};
