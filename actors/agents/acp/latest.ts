/**
 * Values that are told again and again, each in place of the one before, as an agent does that sends its growing input
 * with every piece. Knows what of them the log has, and how much it took in all, so that it is not filled by repetition.
 */
import { createHash } from 'node:crypto';
import { jsonOf } from '../../model/run/stored-text.ts';

export type Latest<Values extends object> = {
  /** Takes a value in the place of the one before; whether it is another. */
  readonly set: <Name extends keyof Values>(name: Name, value: Values[Name]) => boolean;
  readonly get: <Name extends keyof Values>(name: Name) => Values[Name] | undefined;
  readonly hasNews: () => boolean;
  /**
   * The values that the log does not have, which it then has; null when there are none. With a `share` only those by
   * which all that was ever taken stays within that many times what there is now, and a little that is always free.
   */
  readonly takeNews: (share?: number) => Partial<Values> | null;
  /** All of them, which the log then has. */
  readonly takeAll: () => Partial<Values>;
  /** The log has the value of this name in another event. */
  readonly markLogged: (name: keyof Values) => void;
};

type Entry = { readonly hash: string; readonly characters: number; readonly isLogged: boolean };

const freeCharacters = 4_096;
/** What an event of its own costs beside what is in it. */
const charactersAnEvent = 40;

export const createLatest = <Values extends object>(): Latest<Values> => {
  const values: Partial<Values> = {};
  const entries = new Map<keyof Values, Entry>();
  let taken = 0;

  const take = (name: keyof Values, into: Partial<Values>): void => {
    const entry = entries.get(name);
    if (entry === undefined) return;
    into[name] = values[name];
    if (!entry.isLogged) taken += entry.characters;
    entries.set(name, { ...entry, isLogged: true });
  };

  return {
    set: (name, value) => {
      const json = jsonOf(value) ?? '';
      const hash = hashOf(json);
      if (entries.get(name)?.hash === hash) return false;
      values[name] = value;
      entries.set(name, { hash, characters: json.length + charactersAnEvent, isLogged: false });
      return true;
    },
    get: (name) => values[name],
    hasNews: () => [...entries.values()].some(({ isLogged }) => !isLogged),
    takeNews: (share = Number.POSITIVE_INFINITY) => {
      let there = 0;
      for (const { characters } of entries.values()) there += characters;
      const news: Partial<Values> = {};
      // The small ones first: a title is not to wait for an input.
      const bySize = [...entries].sort(([, a], [, b]) => a.characters - b.characters);
      for (const [name, { characters, isLogged }] of bySize) {
        if (!isLogged && taken + characters <= share * there + freeCharacters) take(name, news);
      }
      return Object.keys(news).length === 0 ? null : news;
    },
    takeAll: () => {
      const all: Partial<Values> = {};
      for (const name of entries.keys()) take(name, all);
      return all;
    },
    markLogged: (name) => take(name, {}),
  };
};

const hashOf = (text: string): string =>
  text.length <= 64 ? text : createHash('sha256').update(text).digest('base64');
