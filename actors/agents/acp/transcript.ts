/**
 * What an agent says in a turn, as facts of the log: streams joined, tool calls followed, and every line that is none
 * of these kept as a note with a bounded piece of it. Nothing is dropped.
 */

import { storedText, storedValue } from '../../model/run/stored-text.ts';
import {
  type Diff,
  type EventType,
  fact,
  type Payload,
  type RunFact,
  type StoredText,
} from '../../protocol/facts/events.ts';
import type { Timestamp } from '../../protocol/facts/ids.ts';
import type { TerminalExit } from '../../protocol/threads/session-messages.ts';
import { textOf } from './content-block.ts';
import { createStreamJoiner } from './stream-joiner.ts';
import type { ToolCallUpdate } from './tool-call.ts';
import { createToolCalls, type ToolEvent } from './tool-calls.ts';
import { updates } from './updates.ts';
import type { EditPlace } from './written-files.ts';

const maxNoteBytes = 2_048;

export type TranscriptOptions = {
  readonly record: (fact: RunFact) => void;
  readonly clock: () => Timestamp;
  readonly setTimer: (callback: () => void, afterMs: number) => () => void;
  readonly maxStoredTextBytes: number;
  /** Set on everything that was only learnt from a replay. */
  readonly recovered?: boolean;
};

export type Transcript = ReturnType<typeof createTranscript>;

export const createTranscript = (options: TranscriptOptions) => {
  const { record, clock } = options;
  const mark = options.recovered === true ? { recovered: true as const } : {};
  const toolCalls = createToolCalls({ maxStoredTextBytes: options.maxStoredTextBytes, now: clock });
  let lastUsage = '';
  let writes = 0;

  const joiner = createStreamJoiner({
    setTimer: options.setTimer,
    emit: ({ kind, messageId }, text) => {
      const payload = { text, ...(messageId === null ? {} : { messageId }), ...mark };
      record(fact(kind, payload, clock()));
    },
  });

  const say = <Type extends EventType & RunFact['type']>(type: Type, payload: Payload<Type>): void => {
    joiner.flush();
    record(fact(type, payload, clock()) as RunFact);
  };

  const note = (name: string, details: Record<string, unknown>): void => say('note', { note: name, ...details });

  const chunk = (kind: 'message' | 'thinking', update: unknown): boolean => {
    const parsed = updates.agent_message_chunk.safeParse(update);
    if (!parsed.success) return false;
    const messageId = parsed.data.messageId ?? null;
    const text = textOf(parsed.data.content);
    if (text !== null) joiner.push({ kind, messageId }, text);
    else {
      const content = storedValue(parsed.data.content, options.maxStoredTextBytes);
      say(kind, { text: '', content, ...(messageId === null ? {} : { messageId }), ...mark });
    }
    return true;
  };

  const tool = (update: ToolCallUpdate): void => {
    if (toolCalls.hasEnded(update.toolCallId)) {
      note('tool_call_update', { update: storedValue(update, maxNoteBytes) });
      return;
    }
    for (const event of toolCalls.update(update)) say(event.type, { ...event.payload, ...mark });
  };

  const sayAll = (events: readonly ToolEvent[]): void => {
    for (const event of events) say(event.type, { ...event.payload, ...mark });
  };

  /** Where no call of the agent's has what it wrote, it gets one. */
  const wrote = (diff: Diff, place: EditPlace): void => {
    if (place.kind === 'in_result' || place.kind === 'told_already') return;
    writes += 1;
    const isAlone = place.kind === 'alone';
    const toolCallId = isAlone ? `throughline-write-${clock()}-${writes}` : place.toolCallId;
    const locations = [{ path: diff.path }];
    if (isAlone) say('tool_call', { toolCallId, title: `Write ${diff.path}`, kind: 'edit', locations });
    say('tool_result', { toolCallId, status: 'completed', diffs: [diff] });
  };

  const usage = (update: unknown): boolean => {
    const parsed = updates.usage_update.safeParse(update);
    if (!parsed.success) return false;
    const { used, size, cost } = parsed.data;
    const payload = {
      ...(typeof used === 'number' ? { used } : {}),
      ...(typeof size === 'number' ? { size } : {}),
      ...(cost ? { cost: { amount: cost.amount, currency: cost.currency } } : {}),
    };
    const said = JSON.stringify(payload);
    // Agents repeat their figures with every piece they send.
    if (said !== lastUsage) say('usage', payload);
    lastUsage = said;
    return true;
  };

  /** Whether the update was one of those that become events; false makes it a note. */
  const translate = (kind: string, update: unknown): boolean => {
    switch (kind) {
      case 'agent_message_chunk':
        return chunk('message', update);
      case 'agent_thought_chunk':
        return chunk('thinking', update);
      case 'tool_call':
      case 'tool_call_update': {
        const parsed = updates.tool_call.safeParse(update);
        if (parsed.success) tool(parsed.data);
        return parsed.success;
      }
      case 'plan': {
        const parsed = updates.plan.safeParse(update);
        if (parsed.success) say('plan', { entries: parsed.data.entries.slice(0, 200) });
        return parsed.success;
      }
      case 'usage_update':
        return usage(update);
      default:
        return false;
    }
  };

  return {
    /** A `session/update`. Its kind may be one we have never heard of. */
    update: (update: { readonly sessionUpdate: string }): void => {
      if (!translate(update.sessionUpdate, update)) {
        note(update.sessionUpdate, { update: storedValue(update, maxNoteBytes) });
      }
    },
    /** A tool call that a permission request describes: with some agents the first we hear of it. */
    tool,
    /** What a request for permission asks for: see `createToolCalls`. */
    askedFor: toolCalls.askedFor,
    note,
    /** A command in a terminal has said this since it was told last. */
    terminalOutput: (terminalId: string, text: string): void => sayAll(toolCalls.terminalOutput(terminalId, text)),
    /** It has ended; `output` is all it said, as the log keeps it. */
    terminalEnded: (terminalId: string, exit: TerminalExit, output: StoredText | null): void =>
      sayAll(toolCalls.terminalEnded(terminalId, exit, output)),
    /** The agent asks for a file to be written; gives what is to be called when it is different then. */
    writing: (path: string): ((diff: Diff) => void) => {
      const place = toolCalls.writing(path);
      return (diff) => wrote(diff, place(diff));
    },
    /** A line that could not be read, or that nobody asked for. */
    line: (name: 'unparsed' | 'unexpected' | 'oversize', text: string, bytes?: number): void =>
      note(name, { raw: storedText(text, maxNoteBytes), ...(bytes === undefined ? {} : { bytes }) }),
    say,
    /** What was only learnt from a replay, as facts. */
    recover: (facts: readonly RunFact[]): void => {
      joiner.flush();
      for (const next of facts) record(next);
    },
    /** What the agent called a tool call that is under way. */
    titleOf: toolCalls.titleOf,
    /** Records what is held back to be joined. */
    flush: (): void => {
      joiner.flush();
      for (const event of toolCalls.flush()) say(event.type, { ...event.payload, ...mark });
    },
  };
};
