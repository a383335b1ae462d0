import { Sqlite } from './sqlite.ts';

/** Whether SQLite itself says that a file is damaged, or none of its own. */
export const isCorruption = (thrown: unknown): thrown is InstanceType<typeof Sqlite.SqliteError> =>
  thrown instanceof Sqlite.SqliteError && /^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(thrown.code);
