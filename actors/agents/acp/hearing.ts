/**
 * How an agent's updates are heard. In a turn, and while a new conversation is opened, all of them are news. While an
 * old one is loaded they are a replay, and so are those that some agents send after their answer to the load, until the
 * next turn begins.
 */
import type { Timestamp } from '../../protocol/facts/ids.ts';
import { createReplayFilter, type KnownItems, type ReplayFilter } from './replay-filter.ts';
import type { Transcript } from './transcript.ts';
import { updates } from './updates.ts';

export type HearingOptions = {
  /** Where news is written down: the transcript of the run under way, or of the last. */
  readonly transcript: () => Transcript | null;
  readonly clock: () => Timestamp;
  readonly maxStoredTextBytes: number;
  /** The agent says in a turn that it is in this mode now. */
  readonly onMode: (mode: string) => void;
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
      if (typeof phase === 'object') {
        phase.replay.update(update);
        return;
      }
      // While it opens, an agent names the mode it starts in, which is not yet the one that it is to have.
      const mode = phase === 'turn' ? modeOf(update) : null;
      if (mode !== null) options.onMode(mode);
      transcript()?.update(update);
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

const modeOf = (update: { readonly sessionUpdate: string }): string | null => {
  switch (update.sessionUpdate) {
    case 'current_mode_update': {
      const parsed = updates.current_mode_update.safeParse(update);
      return parsed.success ? parsed.data.currentModeId : null;
    }
    case 'config_option_update': {
      const parsed = updates.config_option_update.safeParse(update);
      const value = parsed.success
        ? parsed.data.configOptions.find((option) => option.category === 'mode')?.currentValue
        : null;
      return typeof value === 'string' ? value : null;
    }
    default:
      return null;
  }
};
