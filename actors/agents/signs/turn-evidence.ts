/** What of a turn shows whether it failed: a small record of it, as a fold over the turn's updates. */
import * as z from 'zod';
import { storedValue } from '../../model/run/stored-text.ts';
import type { FailureKind } from '../../protocol/facts/events.ts';

/** The end of a turn, as its answer tells it. */
export type EndOfTurn = {
  readonly stopReason: string;
  readonly usage?: unknown;
  readonly _meta?: Readonly<Record<string, unknown>> | null | undefined;
};

export type HeardInTurn = {
  /** Whether the agent said or thought anything that is not empty. */
  readonly spoke: boolean;
  /** How many tool calls and updates of them there were. */
  readonly toolUpdates: number;
  /** The beginning of all it said. */
  readonly beginning: string;
  /** Its last piece of a message, and whether that belonged to one with an id. */
  readonly lastPiece: string;
  readonly lastHasId: boolean;
  /** What its session_info_updates said in `_meta`: the last of each, by who defines it and by name. */
  readonly info: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

export type TurnEvidence = HeardInTurn & { readonly answer: EndOfTurn };

/** Why a turn failed, in the agent's words, and of which kind that was; null where nothing tells. */
export type TurnFailure = { readonly message: string; readonly kind: FailureKind | null };

/** What was heard of a turn that has not begun. */
export const nothingHeard: HeardInTurn = {
  spoke: false,
  toolUpdates: 0,
  beginning: '',
  lastPiece: '',
  lastHasId: false,
  info: {},
};

const maxBeginningCharacters = 8_192;
const maxPieceCharacters = 4_096;
const maxInfoEntries = 16;
const maxInfoBytes = 2_048;

const chunk = z.looseObject({ content: z.looseObject({ text: z.string() }), messageId: z.string().nullish() });
const info = z.looseObject({ _meta: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** What was heard, with one update more. */
export const hearInTurn = (heard: HeardInTurn, update: { readonly sessionUpdate: string }): HeardInTurn => {
  switch (update.sessionUpdate) {
    case 'agent_message_chunk': {
      const parsed = chunk.safeParse(update);
      // An image or the like is a word, too.
      const text = parsed.success ? parsed.data.content.text : '…';
      if (text.trim() === '') return heard;
      return {
        ...heard,
        spoke: true,
        beginning:
          heard.beginning.length < maxBeginningCharacters
            ? (heard.beginning + text).slice(0, maxBeginningCharacters)
            : heard.beginning,
        lastPiece: text.slice(0, maxPieceCharacters),
        lastHasId: parsed.success && typeof parsed.data.messageId === 'string',
      };
    }
    case 'agent_thought_chunk': {
      if (heard.spoke) return heard;
      const parsed = chunk.safeParse(update);
      return parsed.success && parsed.data.content.text.trim() === '' ? heard : { ...heard, spoke: true };
    }
    case 'tool_call':
    case 'tool_call_update':
      return { ...heard, toolUpdates: heard.toolUpdates + 1 };
    case 'session_info_update': {
      const parsed = info.safeParse(update);
      return parsed.success ? { ...heard, info: withInfo(heard.info, parsed.data._meta) } : heard;
    }
    default:
      return heard;
  }
};

const withInfo = (known: HeardInTurn['info'], told: HeardInTurn['info']): HeardInTurn['info'] => {
  const next = { ...known };
  for (const [by, named] of Object.entries(told).slice(0, maxInfoEntries)) {
    if (!Object.hasOwn(next, by) && Object.keys(next).length >= maxInfoEntries) continue;
    const before = Object.hasOwn(next, by) ? next[by] : {};
    const after = Object.entries(named)
      .slice(0, maxInfoEntries)
      .map(([name, value]) => [name, storedValue(value, maxInfoBytes)] as const);
    next[by] = Object.fromEntries(Object.entries({ ...before, ...Object.fromEntries(after) }).slice(-maxInfoEntries));
  }
  return next;
};
