/** What the runtime asks its reader threads: one query a task, answered by its result. */
import type { Asked } from '../protocol/gateway/log-queries.ts';
import type { Queries } from './open-queries.ts';

export type QueryName = Exclude<keyof Queries, 'damage' | 'close'>;

export type ReaderQuery<Name extends QueryName = QueryName> = {
  readonly [Each in Name]: { readonly name: Each; readonly given: Parameters<Queries[Each]> };
}[Name];

/** The queries as they are for who asks a thread for them. */
export type AskedQueries = Asked<Pick<Queries, QueryName>>;

export type ReaderOptions = { readonly databasePath: string };
