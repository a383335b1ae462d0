/** A reader's thread: one read-only connection, one query a task. Several may run beside the writer and each other. */
import { workerData } from 'node:worker_threads';
import { asThroughlineError, type PlainError } from '../protocol/facts/error.ts';
import type { ReaderOptions, ReaderQuery } from '../protocol/threads/reader-messages.ts';
import { openQueries, type Queries } from './open-queries.ts';

export type ReaderAnswer =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: PlainError };

let opened: Queries | undefined;

const queries = (): Queries => {
  opened ??= openQueries((workerData as ReaderOptions).databasePath, { runtimeIsAlive: true });
  return opened;
};

const perform = (query: ReaderQuery): unknown => {
  switch (query.kind) {
    case 'dashboard':
      return queries().dashboard();
    case 'session':
      return queries().session(query.id);
    case 'history':
      return queries().history(query.id, query.after, query.limit);
    case 'history_before':
      return queries().historyBefore(query.id, query.before, query.limit);
    case 'find':
      return queries().find(query.id, query.options);
    case 'dashboard_rows':
      return queries().dashboardRows(query.keys);
    case 'repositories':
      return queries().repositories();
    case 'events_after':
      return queries().eventsAfter(query.position, { session: query.session, limit: query.limit });
    case 'verify':
      return queries().verify();
    case 'handle':
      return queries().handle(query.id);
    case 'known_items':
      return queries().knownItems(query.key);
    case 'run_facts':
      return queries().runFacts(query.key);
    case 'steps':
      return queries().steps(query.run, query.range);
    case 'overview':
      return queries().overview(query.run, query.after);
    case 'what_if':
      return queries().whatIf(query.run, query.supposed);
  }
};

export default (query: ReaderQuery): ReaderAnswer => {
  try {
    return { kind: 'answer', value: perform(query) };
  } catch (thrown) {
    return { kind: 'failed', error: asThroughlineError(thrown).toPlain() };
  }
};
