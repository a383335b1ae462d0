/** Fills the index behind the log: a page of events, one transaction, and where it has come to. */
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { decodeFact, type Fact } from '../protocol/events.ts';
import type { Timestamp } from '../protocol/ids.ts';
import { OtherIndexError } from './open-index.ts';
import { maxSearchedCharacters, searchableText } from './searchable-text.ts';

const pageLength = 500;
/** A message is one entry up to here, and then up to the next white space: no word is cut by the way it streamed in. */
const entryCharacters = 4_000;

const eventRows = z.array(
  z.object({
    position: z.number(),
    session_key: z.number(),
    run_key: z.number(),
    run_id: z.string(),
    ordinal: z.number(),
    seq: z.number(),
    type: z.string(),
    payload: z.string(),
    occurred_at: z.number(),
  }),
);
type EventRow = z.infer<typeof eventRows>[number];

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
});
type Entry = z.infer<typeof entryRow>;

const progressRow = z.object({ indexed_up_to: z.number(), last_event: z.string() });

export type LogIndexer = {
  readonly indexedUpTo: () => number;
  /** Indexes the next page and says whether there may be more. */
  readonly step: () => boolean;
};

/** Raises `OtherIndexError` when the index is not one of this log. */
export const createLogIndexer = (log: Database, index: Database): LogIndexer => {
  const page = log.prepare(
    `SELECT position, session_key, run_key, run_id, ordinal, seq, type, payload, occurred_at
       FROM session_events CROSS JOIN runs USING (run_key) WHERE position > ? ORDER BY position LIMIT ?`,
  );
  const head = log.prepare('SELECT coalesce(max(position), 0) AS head FROM session_events').pluck();
  const statements = {
    insertEntry: index.prepare(
      `INSERT OR REPLACE INTO entries VALUES
        (@position, @session_key, @run_key, @run, @first_seq, @last_seq, @type, @message_id, @occurred_at, @text)`,
    ),
    insertText: index.prepare('INSERT INTO texts (rowid, text) VALUES (@position, @text)'),
    deleteText: index.prepare("INSERT INTO texts (texts, rowid, text) VALUES ('delete', @position, @text)"),
    entryThatEndsAt: index.prepare('SELECT * FROM entries WHERE run_key = ? AND last_seq = ?'),
    deleteTextsOf: index.prepare(
      `INSERT INTO texts (texts, rowid, text) SELECT 'delete', position, text FROM entries WHERE session_key = ?`,
    ),
    deleteEntriesOf: index.prepare('DELETE FROM entries WHERE session_key = ?'),
    setProgress: index.prepare('UPDATE progress SET indexed_up_to = ?, last_event = ?'),
  };
  const progress = progressRow.parse(index.prepare('SELECT * FROM progress').get());
  let indexedUpTo = progress.indexed_up_to;
  refuseOtherLog(log, progress);

  const indexPage = index.transaction((events: readonly EventRow[]): boolean => {
    /** Messages that are still being joined, by run. */
    const joining = new Map<number, { entry: Entry; storedText: string | null }>();
    let removed = false;
    const write = (runKey: number): void => {
      const joined = joining.get(runKey);
      joining.delete(runKey);
      if (joined === undefined || joined.entry.text === joined.storedText) return;
      if (joined.storedText !== null) {
        statements.deleteText.run({ position: joined.entry.position, text: joined.storedText });
      }
      statements.insertEntry.run(joined.entry);
      statements.insertText.run({ position: joined.entry.position, text: joined.entry.text });
    };
    for (const event of events) {
      const fact = decodeFact(event.type, event.payload, event.occurred_at as Timestamp);
      if (fact?.type === 'session_removed') {
        for (const [runKey, { entry }] of joining) if (entry.session_key === event.session_key) joining.delete(runKey);
        statements.deleteTextsOf.run(event.session_key);
        statements.deleteEntriesOf.run(event.session_key);
        removed = true;
        continue;
      }
      const text = fact === null ? null : searchableText(fact);
      if (fact === null || text === null) continue;
      const next = entryOf(event, fact, text);
      const before = joining.get(event.run_key) ?? storedBefore(event);
      if (before !== undefined && continues(before.entry, next)) {
        const joined = { ...before.entry, text: before.entry.text + text, last_seq: event.seq };
        joining.set(event.run_key, { entry: joined, storedText: before.storedText });
      } else {
        write(event.run_key);
        joining.set(event.run_key, { entry: next, storedText: null });
      }
    }
    for (const runKey of [...joining.keys()]) write(runKey);
    return removed;
  });

  const storedBefore = (event: EventRow): { entry: Entry; storedText: string } | undefined => {
    if (!isSpoken(event.type)) return undefined;
    const stored = statements.entryThatEndsAt.get(event.run_key, event.seq - 1);
    if (stored === undefined) return undefined;
    const entry = entryRow.parse(stored);
    return { entry, storedText: entry.text };
  };

  return {
    indexedUpTo: () => indexedUpTo,
    step: () => {
      // Read before the page: what is committed in between is for the next step.
      const logHead = z.number().parse(head.get());
      const events = eventRows.parse(page.all(indexedUpTo, pageLength));
      const last = events.at(-1);
      const upTo = events.length < pageLength ? Math.max(logHead, last?.position ?? 0) : (last?.position ?? 0);
      if (upTo <= indexedUpTo) return false;
      const removed = index
        .transaction(() => {
          const result = indexPage(events);
          statements.setProgress.run(upTo, last?.position === upTo ? markOf(last) : '');
          return result;
        })
        .immediate();
      indexedUpTo = upTo;
      if (removed) giveSpaceBack(index);
      return events.length === pageLength;
    },
  };
};

const markOf = (event: { run_id: string; seq: number }): string => `${event.run_id}:${event.seq}`;

const placeRow = z.object({ run_id: z.string(), seq: z.number() }).optional();

/** An older copy of the log, or another one, may have been put in place: its positions mean other events. */
const refuseOtherLog = (log: Database, { indexed_up_to, last_event }: z.infer<typeof progressRow>): void => {
  const head = z.number().parse(log.prepare('SELECT coalesce(max(position), 0) FROM session_events').pluck().get());
  if (indexed_up_to > head) throw new OtherIndexError(`it goes up to ${indexed_up_to}, and the log to ${head}`);
  if (last_event === '') return;
  const found = placeRow.parse(
    log
      .prepare('SELECT run_id, seq FROM session_events JOIN runs USING (run_key) WHERE position = ?')
      .get(indexed_up_to),
  );
  // An event that is gone was deleted with its session.
  if (found !== undefined && markOf(found) !== last_event) throw new OtherIndexError('it is of another log');
};

const giveSpaceBack = (index: Database): void => {
  index.pragma('incremental_vacuum');
  index.pragma('wal_checkpoint(TRUNCATE)');
};

const isSpoken = (type: string): boolean => type === 'message' || type === 'thinking';

const entryOf = (event: EventRow, fact: Fact, text: string): Entry => ({
  position: event.position,
  session_key: event.session_key,
  run_key: event.run_key,
  run: event.ordinal,
  first_seq: event.seq,
  last_seq: event.seq,
  type: event.type,
  message_id:
    (fact.type === 'message' || fact.type === 'thinking') && fact.payload.messageId ? fact.payload.messageId : null,
  occurred_at: event.occurred_at,
  text,
});

/** Whether an entry is the next piece of the message that another one holds. */
const continues = (entry: Entry, next: Entry): boolean => {
  if (!isSpoken(next.type) || entry.type !== next.type || entry.message_id !== next.message_id) return false;
  if (entry.last_seq !== next.first_seq - 1) return false;
  const length = entry.text.length + next.text.length;
  if (length > maxSearchedCharacters) return false;
  return length <= entryCharacters || !(/\s$/u.test(entry.text) || /^\s/u.test(next.text));
};
