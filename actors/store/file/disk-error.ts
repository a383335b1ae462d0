import { asThroughlineError, ThroughlineError } from '../../protocol/facts/error.ts';

/**
 * What SQLite raised, as an error of the disk, which may pass; null when it is of another kind. The database itself is
 * in order then: the transaction was undone.
 */
export const diskError = (thrown: unknown): ThroughlineError | null => {
  const code = (thrown as { code?: unknown } | null)?.code;
  if (typeof code !== 'string' || !/^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY|LOCKED)/.test(code)) return null;
  const cause = asThroughlineError(thrown);
  return new ThroughlineError('store.disk_full', `the database cannot be written: ${cause.message}`, {
    hint: 'make room on the disk or mend it; Throughline goes on by itself',
    cause: thrown,
  });
};
