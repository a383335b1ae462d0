import { isSqliteError, type Sqlite } from './sqlite.ts';

/** Whether SQLite itself says that a file is damaged, or none of its own. */
export const isCorruption = (thrown: unknown): thrown is InstanceType<typeof Sqlite.SqliteError> =>
  isSqliteError(thrown) && /^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(thrown.code);
