import { asThroughlineError, codeOf, type ErrorCode, ThroughlineError } from '../../protocol/facts/error.ts';

type Trouble = { readonly code: ErrorCode; readonly says: string; readonly hint: string };

/** What keeps SQLite from a file that is in order. The first whose codes fit is meant. */
const troubles: readonly (Trouble & { readonly codes: RegExp })[] = [
  {
    // The shared memory beside the database could not be made larger: what that says is that the disk is full.
    codes: /^SQLITE_(FULL|IOERR_SHMSIZE)/,
    code: 'store.disk_full',
    says: 'the disk is full',
    hint: 'make room on the disk',
  },
  { codes: /^SQLITE_IOERR/, code: 'store.disk_failed', says: 'the disk failed', hint: 'look at the disk and mend it' },
  {
    codes: /^SQLITE_READONLY/,
    code: 'store.read_only',
    says: 'it is read-only',
    hint: 'make the file, its folder and the disk they are on writable',
  },
  {
    codes: /^SQLITE_CANTOPEN/,
    code: 'store.cannot_open',
    says: 'a file of it cannot be opened',
    hint: 'see that it and its folder are there and yours, and that not too many files are open',
  },
  {
    codes: /^SQLITE_(BUSY|LOCKED)/,
    code: 'store.busy',
    says: 'another program holds it',
    hint: 'let the other program end (a backup, an SQLite shell)',
  },
];

/**
 * What is the matter when SQLite raised this although the database itself is in order; it may pass. Null when it is of
 * another kind.
 */
export const diskTrouble = (thrown: unknown): Trouble | null => {
  const code = codeOf(thrown);
  return (code !== undefined && troubles.find(({ codes }) => codes.test(code))) || null;
};

/**
 * What SQLite raised, as an error of the disk, which may pass; null when it is of another kind. The database itself is
 * in order then: the transaction was undone.
 */
export const diskError = (thrown: unknown): ThroughlineError | null => {
  const trouble = diskTrouble(thrown);
  if (trouble === null) return null;
  const { code, says, hint } = trouble;
  return new ThroughlineError(code, `the database cannot be written, ${says}: ${asThroughlineError(thrown).message}`, {
    hint: `${hint}; Throughline goes on by itself`,
    cause: thrown,
  });
};
