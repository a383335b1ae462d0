import { randomUUID } from 'node:crypto';
import { setTimeout as elapse } from 'node:timers/promises';
import type { SessionUpdate, ToolCallUpdate, ToolKind } from '@agentclientprotocol/sdk';
import type { Conversation } from './conversation.ts';
import type { Wire } from './wire.ts';

export type ModeId = 'default' | 'careful';

/** A session as one process knows it. Mode and "always" last as long as the process; the conversation outlives it. */
export type LiveSession = {
  readonly conversation: Conversation;
  readonly alwaysAllowed: Set<ToolKind>;
  mode: ModeId;
  turn: AbortController | undefined;
};

export type Decision = 'allowed' | 'rejected';

/** What the steps of one turn play on: the session, the wire, and the ways to say something. */
export type Stage = {
  readonly session: LiveSession;
  readonly wire: Wire;
  readonly signal: AbortSignal;
  /** Tells the client, and remembers it for later loads. */
  readonly update: (update: SessionUpdate) => Promise<void>;
  /** Tells the client something that the conversation does not keep. */
  readonly mention: (update: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly say: (text: string) => Promise<void>;
  readonly wait: (ms: number) => Promise<void>;
  /** The value, unless the turn is cancelled first. */
  readonly unlessCancelled: <Value>(value: Promise<Value>) => Promise<Value>;
  /** Asks the user. When the question itself is cancelled, so is the turn. */
  readonly askPermission: (toolCall: ToolCallUpdate) => Promise<Decision>;
  /** What is to happen to the turn's answer. */
  readonly ending: { times: number; readonly afterwards: (() => Promise<void>)[] };
};

const permissionOptions = [
  { optionId: 'once', kind: 'allow_once', name: 'Allow once' },
  { optionId: 'always', kind: 'allow_always', name: 'Always allow' },
  { optionId: 'reject', kind: 'reject_once', name: 'Reject' },
] as const;

const outcomeOf = (response: unknown): { readonly outcome?: unknown; readonly optionId?: unknown } => {
  const outcome: unknown = typeof response === 'object' && response !== null ? Reflect.get(response, 'outcome') : null;
  return typeof outcome === 'object' && outcome !== null ? outcome : {};
};

export const createStage = (session: LiveSession, wire: Wire, turn: AbortController): Stage => {
  const { conversation } = session;
  const { sessionId } = conversation;
  const { signal } = turn;

  const mention = (update: Readonly<Record<string, unknown>>): Promise<void> =>
    wire.notify('session/update', { sessionId, update });

  const update = (news: SessionUpdate): Promise<void> => {
    conversation.remember({ kind: 'update', update: news });
    return mention(news);
  };

  const unlessCancelled = async <Value>(value: Promise<Value>): Promise<Value> => {
    signal.throwIfAborted();
    let cancel = (): void => {};
    const cancelled = new Promise<never>((_, reject) => {
      cancel = () => reject(signal.reason);
      signal.addEventListener('abort', cancel);
    });
    try {
      return await Promise.race([value, cancelled]);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };

  return Object.freeze({
    session,
    wire,
    signal,
    update,
    mention,
    say: (text: string) =>
      update({ sessionUpdate: 'agent_message_chunk', messageId: randomUUID(), content: { type: 'text', text } }),
    wait: (ms: number) => elapse(ms, undefined, { signal }),
    unlessCancelled,
    askPermission: async (toolCall: ToolCallUpdate) => {
      const kind = toolCall.kind ?? 'other';
      if (session.alwaysAllowed.has(kind)) return 'allowed';
      const question = { sessionId, toolCall, options: permissionOptions };
      const { outcome, optionId } = outcomeOf(
        await unlessCancelled(wire.request('session/request_permission', question)),
      );
      if (outcome === 'cancelled') turn.abort();
      signal.throwIfAborted();
      if (optionId === 'always') session.alwaysAllowed.add(kind);
      return optionId === 'once' || optionId === 'always' ? 'allowed' : 'rejected';
    },
    ending: { times: 1, afterwards: [] },
  });
};
