/**
 * How an agent's updates are heard. In a turn, and while a new conversation is opened, all of them are news. While an
 * old one is loaded they are a replay, and so are those that some agents send after their answer to the load, until the
 * next turn begins.
 */
import type { Timestamp } from '../../protocol/facts/ids.ts';
import { createReplayFilter, type KnownItems, type ReplayFilter } from './replay-filter.ts';
import type { Transcript } from './transcript.ts';

export type HearingOptions = {
  /** Where news is written down: the transcript of the run under way, or of the last. */
  readonly transcript: () => Transcript | null;
  readonly clock: () => Timestamp;
  readonly maxStoredTextBytes: number;
  /**
   * Told of what may say what can be chosen, and whether that is said in a turn; gives whether it was. That is how things
   * stand, whenever it is said, and no part of what is replayed.
   */
  readonly onOffer: (update: { readonly sessionUpdate: string }, inTurn: boolean) => boolean;
};

export type Hearing = ReturnType<typeof createHearing>;

export const createHearing = (options: HearingOptions) => {
  const { transcript, clock, maxStoredTextBytes } = options;
  let phase: 'opening' | 'turn' | { readonly replay: ReplayFilter } = 'opening';

  const writeDownReplay = (filter: ReplayFilter): void => {
    const { replayed, recovered } = filter.take();
    if (replayed === 0) return;
    transcript()?.recover(recovered);
    transcript()?.note('conversation_replayed', { updates: replayed, recovered: recovered.length });
  };

  return {
    update: (update: { readonly sessionUpdate: string }): void => {
      if (offers.has(update.sessionUpdate) && options.onOffer(update, phase === 'turn')) return;
      if (typeof phase === 'object') phase.replay.update(update);
      else transcript()?.update(update);
    },
    replayBegins: (known: KnownItems | null): void => {
      phase = { replay: createReplayFilter({ known, clock, maxStoredTextBytes }) };
    },
    replayEnds: (): void => {
      if (typeof phase === 'object') writeDownReplay(phase.replay);
    },
    /** The agent would not load after all; what follows belongs to a new conversation. */
    replayRefused: (): void => {
      if (typeof phase === 'object') writeDownReplay(phase.replay);
      phase = 'opening';
    },
    turnBegins: (): void => {
      if (typeof phase === 'object') writeDownReplay(phase.replay);
      phase = 'turn';
    },
  };
};

const offers: ReadonlySet<string> = new Set(['current_mode_update', 'config_option_update']);
