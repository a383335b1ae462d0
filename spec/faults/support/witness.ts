/**
 * Somebody who watches from outside: tails every event over the WebSocket, writes down what was said, and later demands
 * to find it again. What is published is committed, so each event that was seen has to be there for ever.
 */

import { equal, is, ok } from 'uvu/assert';
import { WebSocket } from 'ws';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { eventTail, type TailMessage, tailMessage } from '../../../actors/protocol/gateway/api.ts';
import { openQueries } from '../../../actors/reader/open-queries.ts';
import { Sqlite } from '../../../actors/store/file/sqlite.ts';
import type { DataDirectory } from '../../../runtime/data/data-directory.ts';
import type { Started } from '../../../runtime/surface.ts';
import type { Served } from '../../support/served.ts';

export type Witness = {
  /** Tails a runtime from where the last one fell silent, until that runtime is gone. */
  readonly watch: (runtime: Served) => void;
  /** Holds a command that was acknowledged: its run has to be there. */
  readonly heard: (started: Started) => void;
  /** Says that a session is to be removed: from now on its events may be gone, and those of no other. */
  readonly mayGo: (session: SessionId) => void;
  /** The last position that was seen. */
  readonly position: () => number;
  /** How many commands were acknowledged. */
  readonly acknowledged: () => number;
  readonly faults: readonly string[];
  /** Compares with the database what was seen since the last time; all of it when `whole`. */
  readonly confront: (options: { readonly whole: boolean }) => void;
};

/** An event, as the tail tells of it. */
export type Told = Extract<TailMessage, { kind: 'event' }>;

type Row = {
  readonly position: number;
  readonly run_id: string;
  readonly ordinal: number;
  readonly seq: number;
  readonly type: string;
  readonly payload: string;
};

/** `listen` is told of each event at once, if it is given. */
export const createWitness = (directory: DataDirectory, listen: (told: Told) => void = () => {}): Witness => {
  /** What each position held when it was seen, by position. */
  const seen: string[] = [];
  const acknowledged: Started[] = [];
  const going = new Set<SessionId>();
  const faults: string[] = [];
  let confronted = 0;

  const watch = ({ client }: Served): void => {
    const url = new URL(eventTail.path, client.endpoint.url.replace(/^http/, 'ws'));
    url.searchParams.set('after', String(seen.length));
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${client.endpoint.token}` } });
    socket.on('message', (data) => {
      const message = tailMessage.parse(JSON.parse(String(data)));
      if (message.kind !== 'event') return;
      const { position, runId, run, seq, type, payload } = message.event;
      if (position <= seen.length) faults.push(`position ${position} came after ${seen.length}`);
      // Those between had gone with a removed session before they were looked for; `confront` demands it.
      while (seen.length < position - 1) seen.push('');
      seen.push(JSON.stringify([position, runId, run, seq, type, payload]));
      listen(message);
    });
    // A log that had become shorter than what we saw is refused here; a runtime that was killed just hangs up.
    socket.on('unexpected-response', (_, response) => faults.push(`the tail was refused with ${response.statusCode}`));
    socket.on('error', () => {});
  };

  const confront = ({ whole }: { readonly whole: boolean }): void => {
    equal(faults, []);
    const database = new Sqlite(directory.database, { readonly: true });
    // One view of it for all questions: its runtime may be at work meanwhile.
    database.exec('BEGIN');
    try {
      const from = whole ? 0 : confronted;
      const upTo = seen.length;
      const gone = new Set(
        database
          .prepare<[], { first: number; last: number }>(
            "SELECT first_position AS first, last_position AS last FROM log_gaps WHERE reason = 'removed'",
          )
          .all()
          .flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index)),
      );
      const wanted = seen.slice(from).flatMap((_, index) => (gone.has(from + index + 1) ? [] : [from + index + 1]));
      const rows = database
        .prepare<[number, number], Row>(
          `SELECT position, run_id, ordinal, seq, type, payload FROM session_events JOIN runs USING (run_key)
            WHERE position > ? AND position <= ? ORDER BY position`,
        )
        .all(from, upTo);
      is(rows.length, wanted.length, `of ${wanted.length} events that were seen, ${rows.length} are there`);
      for (const { position, run_id, ordinal, seq, type, payload } of rows) {
        const now = JSON.stringify([position, run_id, ordinal, seq, type, JSON.parse(payload)]);
        if (now !== seen[position - 1]) is(now, seen[position - 1], 'an event is not what was seen');
      }
      confronted = upTo;
      const head = database.prepare<[], number>('SELECT coalesce(max(position), 0) FROM session_events').pluck().get();
      const events = database.prepare<[], number>('SELECT count(*) FROM session_events').pluck().get() ?? 0;
      is(events + gone.size, head, 'positions have a gap');
      const removed = database
        .prepare<[], SessionId>('SELECT session_id FROM sessions WHERE removed <> 0')
        .pluck()
        .all();
      for (const id of removed) ok(going.has(id), `nobody asked to remove ${id}`);
      equal(
        database
          .prepare(
            `SELECT runs.run_key FROM runs JOIN sessions USING (session_key) LEFT JOIN session_events USING (run_key)
              WHERE removed = 0 GROUP BY runs.run_key HAVING count(seq) <> max(seq) OR min(seq) <> 1 OR count(seq) <> last_seq`,
          )
          .all(),
        [],
        'seqs of a run have a gap',
      );
      equal(
        database
          .prepare(
            `SELECT run_key FROM session_events
              WHERE type = 'status' AND json_extract(payload, '$.status') IN ('completed', 'interrupted', 'failed')
              GROUP BY run_key HAVING count(*) > 1`,
          )
          .all(),
        [],
        'a run ended twice',
      );
      const ordinals = database.prepare<[], { run_id: string; ordinal: number }>('SELECT run_id, ordinal FROM runs');
      const runs = new Map(ordinals.all().map((run) => [run.run_id, run.ordinal]));
      for (const { id, runId, run } of acknowledged)
        if (!going.has(id)) is(runs.get(runId), run, 'a run that was acknowledged');
    } finally {
      database.close();
    }
    const queries = openQueries(directory.database, { runtimeIsAlive: true });
    const report = queries.verify();
    queries.close();
    ok(report.ok, report.ok ? '' : report.difference);
  };

  return {
    watch,
    confront,
    heard: (started) => acknowledged.push(started),
    mayGo: (session) => void going.add(session),
    position: () => seen.length,
    acknowledged: () => acknowledged.length,
    faults,
  };
};
