/**
 * What an agent replays while it loads a conversation is not news. This takes it in, and gives what the log really
 * does not have: an agent whose child outlived it may have gone on where we could not hear it.
 *
 * Items are known by their kind and the agent's own id: a thought and the message after it may have one id. A message without an id cannot be told from one we
 * have, and what a person said is ours to begin with: neither is ever taken for news.
 */
import type { RunFact } from '../../protocol/facts/events.ts';
import type { Timestamp } from '../../protocol/facts/ids.ts';
import { toolCall } from './tool-call.ts';
import { createTranscript } from './transcript.ts';
import { updates } from './updates.ts';

export type KnownItems = {
  readonly messageIds: ReadonlySet<string>;
  readonly thoughtIds: ReadonlySet<string>;
  readonly toolCallIds: ReadonlySet<string>;
};

export type ReplayFilter = ReturnType<typeof createReplayFilter>;

export const createReplayFilter = (options: {
  /** What the log has; null when that could not be found out, and then nothing is taken for news. */
  readonly known: KnownItems | null;
  readonly clock: () => Timestamp;
  readonly maxStoredTextBytes: number;
}) => {
  const { known } = options;
  let recovered: RunFact[] = [];
  let replayed = 0;
  const transcript = createTranscript({
    record: (fact) => recovered.push(fact),
    clock: options.clock,
    // Nothing is in a hurry: pieces are joined until another message begins.
    setTimer: () => () => {},
    maxStoredTextBytes: options.maxStoredTextBytes,
    recovered: true,
  });

  // A log without any id came from an agent that gives ids only when it replays: nothing can be matched.
  const hasIds = known !== null && known.messageIds.size + known.thoughtIds.size > 0;

  const isNewsAmong = (ids: ReadonlySet<string>, update: unknown): boolean => {
    const parsed = updates.agent_message_chunk.safeParse(update);
    const messageId = parsed.success ? parsed.data.messageId : null;
    return typeof messageId === 'string' && hasIds && !ids.has(messageId);
  };

  const isNews = (update: { readonly sessionUpdate: string }): boolean => {
    if (known === null) return false;
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        return isNewsAmong(known.messageIds, update);
      case 'agent_thought_chunk':
        return isNewsAmong(known.thoughtIds, update);
      case 'tool_call':
      case 'tool_call_update': {
        const parsed = toolCall.safeParse(update);
        return parsed.success && !known.toolCallIds.has(parsed.data.toolCallId);
      }
      default:
        return false;
    }
  };

  return {
    update: (update: { readonly sessionUpdate: string }): void => {
      replayed += 1;
      if (isNews(update)) transcript.update(update);
    },
    /** What was replayed since this was asked last, and what of it is news, in the order it was told. */
    take: (): { readonly replayed: number; readonly recovered: readonly RunFact[] } => {
      transcript.flush();
      const taken = { replayed, recovered };
      replayed = 0;
      recovered = [];
      return taken;
    },
  };
};
