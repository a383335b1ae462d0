/**
 * What an agent replays while it takes up a conversation is not news. This takes it in, and gives what the log really
 * does not have: an agent whose child outlived it may have gone on where we could not hear it.
 */
import type { RunFact } from '../../protocol/facts/events.ts';
import type { Timestamp } from '../../protocol/facts/ids.ts';
import type { KnownItems } from '../../protocol/facts/known-item.ts';
import { createReplayMatcher } from './replay-matcher.ts';
import { createTranscript, type Speaker } from './transcript.ts';

export type ReplayFilter = ReturnType<typeof createReplayFilter>;

export const createReplayFilter = (options: {
  /** What the log has; null when that could not be found out, and then nothing is taken for news. */
  readonly known: KnownItems | null;
  readonly clock: () => Timestamp;
  readonly maxStoredTextBytes: number;
}) => {
  const matcher = options.known === null ? null : createReplayMatcher(options.known);
  let replayed = 0;
  const transcript = createTranscript({
    record: (fact) => matcher?.take(fact),
    clock: options.clock,
    // Nothing is in a hurry: pieces are joined until another message begins.
    setTimer: () => () => {},
    maxStoredTextBytes: options.maxStoredTextBytes,
    recovered: true,
  });

  return {
    update: (update: { readonly sessionUpdate: string }, speaker: Speaker = {}): void => {
      replayed += 1;
      if (matcher !== null) transcript.update(update, speaker);
    },
    /** An update that is no history passes, and is only counted. */
    passes: (): void => {
      replayed += 1;
    },
    /**
     * What was replayed since this was asked last: what of it is news, in the order it was told, and how many pieces
     * were neither news nor found in the log as they are.
     */
    take: (): { readonly replayed: number; readonly recovered: readonly RunFact[]; readonly unmatched: number } => {
      transcript.flush();
      const { news, unmatched } = matcher?.news() ?? { news: [], unmatched: 0 };
      const taken = { replayed, recovered: news, unmatched };
      replayed = 0;
      return taken;
    },
  };
};
