import type { SessionUpdate, ToolCall, ToolCallUpdate } from '@agentclientprotocol/sdk';
import type { ConversationRecord } from './stage/conversation.ts';

type ChunkUpdate = Extract<SessionUpdate, { sessionUpdate: 'agent_message_chunk' | 'agent_thought_chunk' }>;
type ToolUpdate = Extract<SessionUpdate, { sessionUpdate: 'tool_call' | 'tool_call_update' }>;

const isChunk = (update: SessionUpdate): update is ChunkUpdate =>
  update.sessionUpdate === 'agent_message_chunk' || update.sessionUpdate === 'agent_thought_chunk';

const isTool = (update: SessionUpdate): update is ToolUpdate =>
  update.sessionUpdate === 'tool_call' || update.sessionUpdate === 'tool_call_update';

const joined = (before: SessionUpdate | undefined, after: ChunkUpdate): ChunkUpdate | undefined => {
  if (before === undefined || !isChunk(before)) return undefined;
  if (before.sessionUpdate !== after.sessionUpdate || before.messageId !== after.messageId) return undefined;
  if (before.content.type !== 'text' || after.content.type !== 'text') return undefined;
  return { ...before, content: { type: 'text', text: before.content.text + after.content.text } };
};

/**
 * What `session/load` sends for a conversation: nothing marks it as old, chunks are merged, a tool is its call and one
 * update with its last state. Agent messages and tools keep their ids; a user's message gets one that was never seen
 * live. A tool that was under way when the process was killed stays `pending` or `in_progress` for ever.
 */
export const replayOf = (records: readonly ConversationRecord[], newMessageId: () => string): SessionUpdate[] => {
  const replayed: SessionUpdate[] = [];
  const lastStateByTool = new Map<string, number>();

  const replayTool = (update: ToolUpdate): void => {
    const place = lastStateByTool.get(update.toolCallId);
    const state = place === undefined ? undefined : replayed[place];
    if (place !== undefined && state !== undefined && isTool(state)) {
      const { sessionUpdate: _, ...fields } = update;
      replayed[place] = { ...toolState(state), ...fields, sessionUpdate: 'tool_call_update' };
      return;
    }
    if (update.sessionUpdate === 'tool_call') replayed.push(update);
    replayed.push({ ...toolState(update), sessionUpdate: 'tool_call_update' });
    lastStateByTool.set(update.toolCallId, replayed.length - 1);
  };

  for (const record of records) {
    if (record.kind === 'prompt') {
      const content = { type: 'text', text: record.text } as const;
      replayed.push({ sessionUpdate: 'user_message_chunk', messageId: newMessageId(), content });
    }
    if (record.kind !== 'update') continue;
    const { update } = record;
    if (isTool(update)) replayTool(update);
    else if (isChunk(update)) {
      const merged = joined(replayed.at(-1), update);
      if (merged === undefined) replayed.push(update);
      else replayed[replayed.length - 1] = merged;
    } else replayed.push(update);
  }
  return replayed;
};

const toolState = (update: ToolUpdate): ToolCall | ToolCallUpdate => {
  const { sessionUpdate: _, ...state } = update;
  return state;
};
