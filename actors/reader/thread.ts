/** A reader's thread: one read-only connection, one query a task. Several may run beside the writer and each other. */
import { workerData } from 'node:worker_threads';
import { asThroughlineError, type PlainError } from '../protocol/facts/error.ts';
import { openQueries, type Queries } from './open-queries.ts';
import type { QueryName, ReaderOptions, ReaderQuery } from './reader-messages.ts';

export type ReaderAnswer =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: PlainError };

let opened: Queries | undefined;

const queries = (): Queries => {
  opened ??= openQueries((workerData as ReaderOptions).databasePath, { runtimeIsAlive: true });
  return opened;
};

type Performed = { readonly [Name in QueryName]: (...given: Parameters<Queries[Name]>) => unknown };

const perform = <Name extends QueryName>({ name, given }: ReaderQuery<Name>): unknown => {
  const performed: Performed = queries();
  return performed[name](...given);
};

export default (query: ReaderQuery): ReaderAnswer => {
  try {
    return { kind: 'answer', value: perform(query) };
  } catch (thrown) {
    return { kind: 'failed', error: asThroughlineError(thrown).toPlain() };
  }
};
