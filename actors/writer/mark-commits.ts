import { asThroughlineError, type ThroughlineError } from '../protocol/facts/error.ts';
import type { WriterRequest } from '../protocol/threads/writer-messages.ts';
import type { HeadMarkFile } from '../store/chain/head-mark.ts';
import type { LogEnd } from '../store/chain/log-end.ts';
import type { Commit } from './commit.ts';

/**
 * A commit whose end is marked before anybody is answered. What is durable is acknowledged whether it can be marked or
 * not: a mark that stays behind only remembers less. `onUnmarked` hears of the first of such failures in a row.
 */
export const markCommits = (options: {
  readonly commit: (requests: readonly WriterRequest[]) => Commit;
  readonly end: () => LogEnd;
  readonly mark: Pick<HeadMarkFile, 'write'>;
  readonly onUnmarked: (error: ThroughlineError) => void;
}): ((requests: readonly WriterRequest[]) => Commit) => {
  let isBehind = false;
  return (requests) => {
    const commit = options.commit(requests);
    try {
      options.mark.write(options.end());
      isBehind = false;
    } catch (thrown) {
      if (!isBehind) options.onUnmarked(asThroughlineError(thrown));
      isBehind = true;
    }
    return commit;
  };
};
