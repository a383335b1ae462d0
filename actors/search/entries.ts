/** The rows of the index and their words. A row's words are brought in when it is whole, or when nothing else waits. */

import * as z from 'zod';
import type { Database } from '../store/file/sqlite.ts';

const entryRow = z.object({
  position: z.number(),
  session_key: z.number(),
  run_key: z.number(),
  run: z.number(),
  first_seq: z.number(),
  last_seq: z.number(),
  type: z.string(),
  message_id: z.string().nullable(),
  occurred_at: z.number(),
  text: z.string(),
  /** How much of the text the index has. */
  indexed: z.number(),
});
export type Entry = z.infer<typeof entryRow>;

export type Entries = {
  /** The entry of a run that ends at a seq. */
  readonly endingAt: (runKey: number, seq: number) => Entry | undefined;
  /** Writes a row as it is; its words as the index has them stay. */
  readonly keep: (entry: Entry) => void;
  /** Brings the words of an entry into the index. */
  readonly index: (entry: Entry) => void;
  /** The entries that are kept and not indexed as they are. */
  readonly notIndexed: () => readonly Entry[];
  readonly removeSession: (sessionKey: number) => void;
};

export const createEntries = (database: Database): Entries => {
  const statements = {
    endingAt: database.prepare('SELECT * FROM entries WHERE run_key = ? AND last_seq = ?'),
    keep: database.prepare(
      `INSERT OR REPLACE INTO entries VALUES
        (@position, @session_key, @run_key, @run, @first_seq, @last_seq, @type, @message_id, @occurred_at, @text, @indexed)`,
    ),
    addWords: database.prepare('INSERT INTO texts (rowid, text) VALUES (?, ?)'),
    // The index has to be told what it holds; it keeps no text of its own.
    removeWords: database.prepare("INSERT INTO texts (texts, rowid, text) VALUES ('delete', ?, ?)"),
    notIndexed: database.prepare('SELECT * FROM entries WHERE indexed < length(text)'),
    ofSession: database.prepare('SELECT * FROM entries WHERE session_key = ?'),
    removeSession: database.prepare('DELETE FROM entries WHERE session_key = ?'),
  };
  const removeWords = ({ position, text, indexed }: Entry): void => {
    if (indexed > 0) statements.removeWords.run(position, text.slice(0, indexed));
  };
  return {
    endingAt: (runKey, seq) => entryRow.optional().parse(statements.endingAt.get(runKey, seq)),
    keep: (entry) => statements.keep.run(entry),
    index: (entry) => {
      removeWords(entry);
      statements.keep.run({ ...entry, indexed: entry.text.length });
      statements.addWords.run(entry.position, entry.text);
    },
    notIndexed: () => z.array(entryRow).parse(statements.notIndexed.all()),
    removeSession: (sessionKey) => {
      for (const entry of z.array(entryRow).parse(statements.ofSession.all(sessionKey))) removeWords(entry);
      statements.removeSession.run(sessionKey);
    },
  };
};
