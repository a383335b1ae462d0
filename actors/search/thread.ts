/** The search actor's thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { asThroughlineError } from '../protocol/facts/error.ts';
import type { FromSearch, SearchOptions, ToSearch } from '../protocol/threads/search-messages.ts';
import { openSearch } from './search-actor.ts';

/** News of commits is joined for so long: a page of many events costs little more than one of one. */
const restMs = 200;

const tell = (message: FromSearch): void => parentPort?.postMessage(message);
const search = openSearch(workerData as SearchOptions, (why) => tell({ kind: 'rebuilt', why }));

let isBehind = true;

// Page by page, and as much rest as work: a query never waits for the whole log, and the agents and the writer, who
// have something to do when there is much to index, keep the cores.
const follow = (): void => {
  const begun = performance.now();
  isBehind = search.step();
  if (isBehind) setTimeout(follow, performance.now() - begun);
};

parentPort?.on('message', (message: ToSearch) => {
  switch (message.kind) {
    case 'committed':
      if (isBehind) return;
      isBehind = true;
      setTimeout(follow, restMs);
      return;
    case 'query':
      try {
        tell({ kind: 'answer', requestId: message.requestId, page: search.query(message.query) });
      } catch (thrown) {
        tell({ kind: 'refused', requestId: message.requestId, error: asThroughlineError(thrown).toPlain() });
      }
      return;
    case 'sample':
      tell({ kind: 'sampled', sample: { indexedUpTo: search.indexedUpTo() } });
      return;
    case 'close':
      search.close();
      parentPort?.close();
      process.exit();
  }
});

follow();
