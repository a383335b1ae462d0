/** Fills the index behind the log: a page of events, one transaction, and where it has come to. */

import * as z from 'zod';
import { decodeFact } from '../protocol/facts/events.ts';
import { noTime } from '../protocol/facts/ids.ts';
import type { Database } from '../store/file/sqlite.ts';
import { createEntries, type Entry } from './entries.ts';
import { OtherIndexError } from './open-index.ts';
import { createPurge } from './purge.ts';
import { maxSearchedCharacters, searchableText } from './searchable-text.ts';

const pageLength = 200;
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

const progressRow = z.object({ indexed_up_to: z.number(), last_event: z.string() });
const messageIdOf = z.looseObject({ messageId: z.string().nullable().default(null) }).catch({ messageId: null });

export type LogIndexer = {
  readonly indexedUpTo: () => number;
  /** Does the next piece of work, and says whether there may be more. */
  readonly step: () => boolean;
};

/** Raises `OtherIndexError` when the index is not one of this log. */
export const createLogIndexer = (log: Database, index: Database): LogIndexer => {
  const page = log.prepare(
    `SELECT position, session_key, run_key, run_id, ordinal, seq, type, payload, occurred_at
       FROM session_events CROSS JOIN runs USING (run_key) WHERE position > ? ORDER BY position LIMIT ?`,
  );
  const head = log.prepare('SELECT coalesce(max(position), 0) AS head FROM session_events').pluck();
  const setProgress = index.prepare('UPDATE progress SET indexed_up_to = ?, last_event = ?');
  const entries = createEntries(index);
  const purge = createPurge(index);
  const progress = progressOf(index);
  let indexedUpTo = progress.indexed_up_to;
  /** The last entry of each run, of those that may still grow. */
  const growing = new Map<number, Entry>();
  refuseOtherLog(log, progress);

  const removeSession = (sessionKey: number): void => {
    for (const [runKey, entry] of growing) if (entry.session_key === sessionKey) growing.delete(runKey);
    entries.removeSession(sessionKey);
    purge.request();
  };

  const take = (event: EventRow): void => {
    if (event.type === 'events_removed' || event.type === 'session_removed') {
      removeSession(event.session_key);
      return;
    }
    // Its text is the same at any time.
    const fact = decodeFact(event.type, event.payload, noTime);
    const text = fact === null ? null : searchableText(fact);
    const before = growing.get(event.run_key) ?? (isSpoken(event.type) ? stored(event) : undefined);
    if (fact === null || text === null) return;
    const next = entryOf(event, messageIdOf.parse(fact.payload).messageId, text);
    if (before !== undefined && continues(before, next)) {
      growing.set(event.run_key, { ...before, text: before.text + text, last_seq: event.seq });
      return;
    }
    if (before !== undefined && growing.delete(event.run_key)) entries.index(before);
    if (isSpoken(event.type)) growing.set(event.run_key, next);
    else entries.index(next);
  };

  const stored = (event: EventRow): Entry | undefined => entries.endingAt(event.run_key, event.seq - 1);

  const takePage = index.transaction((events: readonly EventRow[], upTo: number): void => {
    for (const event of events) take(event);
    const isLast = events.length < pageLength;
    // While more waits, what may still grow is only kept: to index a message at each of its pieces costs many times more.
    for (const entry of growing.values()) isLast ? entries.index(entry) : entries.keep(entry);
    if (isLast) {
      for (const entry of entries.notIndexed()) entries.index(entry);
      growing.clear();
    }
    const last = events.at(-1);
    setProgress.run(upTo, last?.position === upTo ? markOf(last) : '');
  });

  return {
    indexedUpTo: () => indexedUpTo,
    step: () => {
      // Read before the page: what is committed in between is for the next step.
      const logHead = z.number().parse(head.get());
      const events = eventRows.parse(page.all(indexedUpTo, pageLength));
      const last = events.at(-1)?.position ?? 0;
      const upTo = events.length < pageLength ? Math.max(logHead, last) : last;
      if (upTo <= indexedUpTo) return purge.step();
      try {
        takePage.immediate(events, upTo);
      } catch (thrown) {
        growing.clear(); // the rows are as they were before this page
        throw thrown;
      }
      indexedUpTo = upTo;
      return events.length === pageLength || purge.isWanted();
    },
  };
};

const progressOf = (index: Database): z.infer<typeof progressRow> => {
  const stored = progressRow.safeParse(index.prepare('SELECT indexed_up_to, last_event FROM progress').get());
  if (!stored.success) throw new OtherIndexError('it does not say how far it goes');
  return stored.data;
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

const isSpoken = (type: string): boolean => type === 'message' || type === 'thinking';

const entryOf = (event: EventRow, messageId: string | null, text: string): Entry => ({
  position: event.position,
  session_key: event.session_key,
  run_key: event.run_key,
  run: event.ordinal,
  first_seq: event.seq,
  last_seq: event.seq,
  type: event.type,
  message_id: messageId,
  occurred_at: event.occurred_at,
  text,
  indexed: 0,
});

/** Whether an entry is the next piece of the message that another one holds. */
const continues = (entry: Entry, next: Entry): boolean => {
  if (!isSpoken(next.type) || entry.type !== next.type || entry.message_id !== next.message_id) return false;
  if (entry.last_seq !== next.first_seq - 1) return false;
  const length = entry.text.length + next.text.length;
  if (length > maxSearchedCharacters) return false;
  return length <= entryCharacters || !(/\s$/u.test(entry.text) || /^\s/u.test(next.text));
};
