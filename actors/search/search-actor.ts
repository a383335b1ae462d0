/** The search actor: keeps the index behind the log, answers queries between two pages, and makes a broken index anew. */

import type { SearchPage, SearchQuery } from '../protocol/gateway/window.ts';
import type { SearchOptions } from '../protocol/threads/search-messages.ts';
import { type Database, Sqlite } from '../store/file/sqlite.ts';
import { createLogIndexer, type LogIndexer } from './index-log.ts';
import { deleteIndex, isDamage, openIndex } from './open-index.ts';
import { queryIndex } from './query-index.ts';

export type SearchActor = {
  /** Indexes a page; false when the index has come to the end of the log. */
  readonly step: () => boolean;
  readonly query: (query: SearchQuery) => SearchPage;
  /** The position up to which the log is searched. */
  readonly indexedUpTo: () => number;
  readonly close: () => void;
};

export const openSearch = (
  { databasePath, indexPath }: SearchOptions,
  onRebuilt: (why: string) => void = () => {},
): SearchActor => {
  const log = new Sqlite(databasePath, { readonly: true, fileMustExist: true });
  log.pragma('trusted_schema = OFF');
  log.pragma('query_only = ON');
  let opened: { readonly index: Database; readonly indexer: LogIndexer } | null = null;

  const open = () => {
    const index = openIndex(indexPath);
    try {
      return { index, indexer: createLogIndexer(log, index) };
    } catch (thrown) {
      index.close();
      throw thrown;
    }
  };

  /** Does something with the index; when that is damaged, once more with a new one. */
  const withIndex = <Value>(use: (index: Database, indexer: LogIndexer) => Value): Value => {
    try {
      opened ??= open();
      return use(opened.index, opened.indexer);
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown;
      onRebuilt(thrown instanceof Error ? thrown.message : String(thrown));
      opened?.index.close();
      deleteIndex(indexPath);
      opened = open();
      return use(opened.index, opened.indexer);
    }
  };

  return {
    step: () => withIndex((_, indexer) => indexer.step()),
    query: (query) =>
      withIndex((index, indexer) => queryIndex({ log, index, indexedUpTo: indexer.indexedUpTo() }, query)),
    indexedUpTo: () => opened?.indexer.indexedUpTo() ?? 0,
    close: () => {
      opened?.index.close();
      log.close();
    },
  };
};
