import * as z from 'zod';
import { isCorruption } from './file/corruption.ts';
import type { Database } from './file/sqlite.ts';

const rowsAtOnce = 500;

/** A table whose rows are kept by an integer key, from 1. */
export type KeyedTable = {
  readonly name: 'session_events' | 'sessions' | 'runs' | 'epochs' | 'log_gaps';
  readonly key: string;
};

/**
 * The rows of a table in the order of their keys, up to `last`. Where a page of the file cannot be read, each key is
 * tried by itself: what is on the damaged page costs only itself.
 */
export function* rowsAround(database: Database, { name, key }: KeyedTable, last: number): Generator<unknown, void> {
  const keyOf = z.looseObject({ [key]: z.number() });
  const next = database.prepare(`SELECT * FROM ${name} WHERE ${key} > ? AND ${key} <= ? ORDER BY ${key} LIMIT ?`);
  const one = database.prepare(`SELECT * FROM ${name} WHERE ${key} = ?`);
  let at = 0;
  while (at < last) {
    const rows = orNull(() => next.all(at, last, rowsAtOnce));
    if (rows !== null) {
      if (rows.length === 0) return;
      yield* rows;
      at = Number(keyOf.parse(rows.at(-1))[key]);
      continue;
    }
    const end = Math.min(at + rowsAtOnce, last);
    while (at < end) {
      at += 1;
      const row = orNull(() => one.get(at));
      if (row !== null && row !== undefined) yield row;
    }
  }
}

/** The largest key that the table or one of its indexes can tell; `otherwise` when none can. */
export const largestKey = (database: Database, { name, key }: KeyedTable, otherwise: number): number => {
  const keys = [`SELECT max(${key}) AS key FROM ${name}`, `SELECT max(${key} + 0) AS key FROM ${name}`].map(
    (sql) => orNull(() => z.object({ key: z.number().nullable() }).parse(database.prepare(sql).get()).key) ?? 0,
  );
  return Math.max(otherwise, ...keys);
};

/** What a reading gives, or null where SQLite finds the file damaged. */
export const orNull = <Value>(read: () => Value): Value | null => {
  try {
    return read();
  } catch (thrown) {
    if (isCorruption(thrown)) return null;
    throw thrown;
  }
};
