/**
 * How an agent's updates are heard. In a turn, and while a new conversation is opened, all of them are news. While an
 * old one is taken up they may be a replay, and so may those that some agents send after their answer, until the next
 * turn begins. Updates of other conversations are not heard at all, but for those of the agent's own agents.
 */
import { storedValue } from '../../model/run/stored-text.ts';
import type { Timestamp } from '../../protocol/facts/ids.ts';
import type { KnownItems } from '../../protocol/facts/known-item.ts';
import { fieldsOf } from './lenient.ts';
import { createReplayFilter, type ReplayFilter } from './replay-filter.ts';
import { createSubagents } from './subagents.ts';
import type { Speaker, Transcript } from './transcript.ts';
import { createWhoseUpdate } from './whose-update.ts';

type Update = { readonly sessionUpdate: string };

export type HearingOptions = {
  /** Where news is written down: the transcript of the run under way, or of the last. */
  readonly transcript: () => Transcript | null;
  readonly clock: () => Timestamp;
  readonly maxStoredTextBytes: number;
  /** The agent's id of the conversation, once it is open. */
  readonly conversation: () => string | null;
  /**
   * Told of what may say what can be chosen, and whether that is said in a turn; gives whether it was. That is how things
   * stand, whenever it is said, and no part of what is replayed.
   */
  readonly onOffer: (update: Update, inTurn: boolean) => boolean;
  /** Hears an update of a turn first, for what this agent says in a way of its own. */
  readonly onUpdate?: (update: Update, transcript: Transcript) => void;
};

export type Hearing = ReturnType<typeof createHearing>;

export const createHearing = (options: HearingOptions) => {
  const { transcript, clock, maxStoredTextBytes } = options;
  const subagents = createSubagents();
  const whose = createWhoseUpdate({ subagents, conversation: options.conversation });
  const strangers = new Map<string, number>();
  let phase: 'opening' | 'turn' | { readonly replay: ReplayFilter } = 'opening';

  const writeDownReplay = (filter: ReplayFilter): void => {
    const { replayed, recovered, unmatched } = filter.take();
    if (replayed === 0) return;
    transcript()?.recover(recovered);
    transcript()?.note('conversation_replayed', {
      updates: replayed,
      recovered: recovered.length,
      ...(unmatched === 0 ? {} : { unmatched }),
    });
  };

  /** One note for the first update of another conversation, the tenth, the hundredth…: it may be a busy one. */
  const noteStranger = (sessionId: string, update: Update): void => {
    const id = strangers.size < maxStrangers || strangers.has(sessionId) ? sessionId.slice(0, 200) : 'others';
    const count = (strangers.get(id) ?? 0) + 1;
    strangers.set(id, count);
    if (!isPowerOfTen(count)) return;
    transcript()?.note('other_conversation', {
      sessionId: id,
      updates: count,
      update: storedValue(update, maxNoteBytes),
    });
  };

  /** Who speaks in an update that was heard in this conversation. */
  const speakerOf = (subagent: string | null, update: Update): Speaker => {
    const parent = fieldsOf(fieldsOf(fieldsOf(update)._meta).claudeCode).parentToolUseId;
    const parentToolCallId = typeof parent === 'string' && parent !== '' ? parent.slice(0, 200) : undefined;
    const name = subagent ?? (parentToolCallId === undefined ? null : transcript()?.titleOf(parentToolCallId));
    return {
      ...(name ? { subagent: name } : {}),
      ...(parentToolCallId === undefined ? {} : { parentToolCallId }),
    };
  };

  const hear = (sessionId: string, subagent: string | null, update: Update): void => {
    if (update.sessionUpdate === 'subagent_update') subagents.announce(sessionId, update);
    // Those of an agent's agent are its own.
    if (subagent === null && offers.has(update.sessionUpdate) && options.onOffer(update, phase === 'turn')) return;
    // What stands is no history, and told only when it is not what the log has: also while a conversation is taken up.
    if (typeof phase === 'object') {
      if (standing.has(update.sessionUpdate)) {
        if (subagent === null) transcript()?.update(update);
        phase.replay.passes();
      } else phase.replay.update(update, speakerOf(subagent, update));
      return;
    }
    const written = transcript();
    if (written === null) return;
    options.onUpdate?.(update, written);
    // The title, the commands and the figures of an agent's agent are not the conversation's.
    if (subagent !== null && ofConversation.has(update.sessionUpdate)) {
      written.note(update.sessionUpdate, { update: storedValue(update, maxNoteBytes), subagent });
    } else written.update(update, speakerOf(subagent, update));
  };

  return {
    /** Takes an update of the conversation of this id. */
    update: (update: Update, sessionId: string): void => {
      const owner = whose.of(sessionId);
      if (owner.kind === 'other') noteStranger(sessionId, update);
      else hear(sessionId, owner.kind === 'subagent' ? owner.name : null, update);
    },
    /** The name of the agent's agent whose conversation this is; null for the conversation itself, and for others. */
    subagentOf: subagents.nameOf,
    replayBegins: (known: KnownItems | null): void => {
      whose.isKnown();
      phase = { replay: createReplayFilter({ known, clock, maxStoredTextBytes }) };
    },
    replayEnds: (): void => {
      if (typeof phase === 'object') writeDownReplay(phase.replay);
    },
    /** The agent would not take it up after all; what follows belongs to a new conversation. */
    replayRefused: (): void => {
      if (typeof phase === 'object') writeDownReplay(phase.replay);
      whose.begins();
      phase = 'opening';
    },
    turnBegins: (): void => {
      if (typeof phase === 'object') writeDownReplay(phase.replay);
      whose.isKnown();
      phase = 'turn';
    },
  };
};

const offers: ReadonlySet<string> = new Set(['current_mode_update', 'config_option_update']);

const maxNoteBytes = 2_048;
const maxStrangers = 20;

const isPowerOfTen = (count: number): boolean => /^10*$/u.test(String(count));

/** What stands until it is told otherwise. */
const standing: ReadonlySet<string> = new Set(['session_info_update', 'available_commands_update']);
/** What is said of a conversation, and not in it. */
const ofConversation: ReadonlySet<string> = new Set([
  ...standing,
  'usage_update',
  'plan',
  'plan_update',
  'plan_removed',
]);
