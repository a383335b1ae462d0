/** What the runtime asks its reader threads: one query a task, answered by its result. */
import type { Queries } from './open-queries.ts';

export type QueryName = Exclude<keyof Queries, 'damage' | 'close'>;

export type ReaderQuery<Name extends QueryName = QueryName> = {
  readonly [Each in Name]: { readonly name: Each; readonly given: Parameters<Queries[Each]> };
}[Name];

/** The queries as they are for who asks a thread for them. */
export type AskedQueries = {
  readonly [Name in keyof Pick<Queries, QueryName>]: (
    ...given: Parameters<Queries[Name]>
  ) => Promise<ReturnType<Queries[Name]>>;
};

export type ReaderOptions = { readonly databasePath: string };
