import type { Database } from '../store/file/sqlite.ts';

/**
 * The bytes of a database that hold something. What was deleted counts no more from its commit on, though the file
 * becomes smaller only later, and not while somebody reads what was there before.
 */
export const readUsedBytes = (database: Database): number =>
  database.transaction(() => {
    const number = (name: string): number => Number(database.pragma(name, { simple: true }));
    return (number('page_count') - number('freelist_count')) * number('page_size');
  })();
