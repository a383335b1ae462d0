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
import { readCommands } from './commands.ts';
import { createCompactions } from './compactions.ts';
import { textOf } from './content-block.ts';
import { fieldsOf, textIn } from './lenient.ts';
import { partOf } from './part-of.ts';
import { operateOnPlans, type Plans, wholePlan } from './plans.ts';
import { createStanding, type Standing } from './standing.ts';
import { createStreamJoiner, type Stream } from './stream-joiner.ts';
import type { ToolCallUpdate } from './tool-call.ts';
import { createToolCalls, progressEveryMs, type ToolEvent } from './tool-calls.ts';
import { updates } from './updates.ts';
import { readUsage } from './usage.ts';
import type { EditPlace } from './written-files.ts';

const maxNoteBytes = 2_048;
const maxNoticeCharacters = 4_000;

export type TranscriptOptions = {
  readonly record: (fact: RunFact) => void;
  readonly clock: () => Timestamp;
  readonly setTimer: (callback: () => void, afterMs: number) => () => void;
  readonly maxStoredTextBytes: number;
  /** What the agent said last of what stands beyond a run: its title, its commands. */
  readonly standing?: Standing | undefined;
  /** Set on everything that was only learnt from a replay. */
  readonly recovered?: boolean;
};

export type Transcript = ReturnType<typeof createTranscript>;

/** Who speaks, when it is not the agent itself: the agent of the agent, and the call of the agent's that it belongs to. */
export type Speaker = { readonly subagent?: string; readonly parentToolCallId?: string };

export const createTranscript = (options: TranscriptOptions) => {
  const { record, clock, maxStoredTextBytes: maxBytes } = options;
  const mark = options.recovered === true ? { recovered: true as const } : {};
  const toolCalls = createToolCalls({ maxStoredTextBytes: maxBytes, now: clock });
  const compactions = createCompactions(maxBytes);
  const beyondRuns = options.standing ?? createStanding();
  /** What is told once a run however often the agent repeats it: its figures, its plan. */
  const inRun = createStanding();
  let plans: Plans = new Map();
  /** Who makes a call, where that is not the agent itself. */
  const speakers = new Map<string, Speaker>();
  let writes = 0;

  const joiner = createStreamJoiner({
    setTimer: options.setTimer,
    emit: ({ kind, messageId, subagent }, text) => {
      const ids = { ...(messageId === null ? {} : { messageId }), ...(subagent === undefined ? {} : { subagent }) };
      if (kind === 'message' || kind === 'thinking') record(fact(kind, { text, ...ids, ...mark }, clock()));
      else {
        const said = { note: `${kind}_message_chunk`, text: storedText(text, maxBytes), ...ids, ...mark };
        record(fact('note', said, clock()));
      }
    },
  });

  const say = <Type extends EventType & RunFact['type']>(type: Type, payload: Payload<Type>): void => {
    joiner.flush();
    record(fact(type, payload, clock()) as RunFact);
  };

  const note = (name: string, details: Record<string, unknown>): void => say('note', { note: name, ...details });

  /** The update as it came, or what of it could not be read. */
  const noteOdd = (name: string, odd: readonly unknown[]): void => {
    if (odd.length > 0) note(name, { odd: storedValue(odd, maxNoteBytes) });
  };

  /** Tells what stands until it is told otherwise, if it is not what was told last, in this run or in one before. */
  const sayIfChanged = <Type extends 'title' | 'commands' | 'options' | 'limit'>(
    type: Type,
    payload: Payload<Type>,
  ): void => {
    if (beyondRuns.changes(type, payload)) say(type, payload);
  };

  const chunk = (kind: Stream['kind'], update: unknown, { subagent }: Speaker): boolean => {
    const parsed = updates.chunk.safeParse(update);
    if (!parsed.success) return false;
    const messageId = parsed.data.messageId ?? null;
    const text = textOf(parsed.data.content);
    if (text !== null) joiner.push({ kind, messageId, subagent }, text);
    else if (kind !== 'message' && kind !== 'thinking') return false;
    else {
      const part = partOf(parsed.data.content, maxBytes);
      const ids = { ...(messageId === null ? {} : { messageId }), ...(subagent === undefined ? {} : { subagent }) };
      if (part !== null) say(kind, { text: '', parts: [part], ...ids, ...mark });
    }
    return true;
  };

  const sayTools = (events: readonly ToolEvent[]): void => {
    for (const event of events) {
      if (event.type === 'tool_call') {
        say(event.type, { ...event.payload, ...speakers.get(event.payload.toolCallId), ...mark });
      } else say(event.type, { ...event.payload, ...mark });
    }
  };

  let cancelToolTimer: (() => void) | null = null;
  const tools = (events: readonly ToolEvent[]): void => {
    sayTools(events);
    if (!toolCalls.holdsBack()) return;
    cancelToolTimer ??= options.setTimer(() => {
      cancelToolTimer = null;
      tools(toolCalls.due());
    }, progressEveryMs);
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
    const { usage: figures, odd } = readUsage(update);
    // Agents repeat their figures with every piece they send, and some repeat that they have none.
    if (figures === null) return !inRun.changes('usage', update);
    if (inRun.changes('usage', figures)) say('usage', figures);
    noteOdd('usage_update', odd);
    return true;
  };

  const commands = (update: unknown): boolean => {
    const read = readCommands(update);
    if (read === null) return false;
    sayIfChanged('commands', { commands: read.commands });
    noteOdd('available_commands_update', read.odd);
    return true;
  };

  const plan = (update: unknown): boolean => {
    const after = operateOnPlans(plans, update);
    if (after === null) return false;
    plans = after.plans;
    const entries = wholePlan(plans);
    if (inRun.changes('plan', entries)) say('plan', { entries });
    noteOdd('plan', after.odd);
    return true;
  };

  const info = (update: unknown): boolean => {
    const { title, _meta } = fieldsOf(update);
    const word = textIn(title, 500);
    if (word !== undefined) sayIfChanged('title', { title: word });
    // What an agent says of itself in words of its own is kept as it came.
    return word !== undefined && Object.keys(fieldsOf(_meta)).length === 0;
  };

  const notice = (update: unknown): boolean => {
    const { title, description, severity } = fieldsOf(update);
    const words = [title, description].flatMap((each) => textIn(each, maxNoticeCharacters) ?? []);
    if (words.length === 0) return false;
    const level = textIn(severity, 50);
    say('notice', { text: words.join('\n'), ...(level === undefined ? {} : { level }) });
    return true;
  };

  const compaction = (update: unknown): boolean => {
    const told = compactions.update(update);
    for (const payload of told ?? []) say('compaction', payload);
    return told !== null;
  };

  /** Whether the update was one of those that become events; false makes it a note. */
  const translate = (kind: string, update: unknown, speaker: Speaker): boolean => {
    switch (kind) {
      case 'agent_message_chunk':
        return chunk('message', update, speaker);
      case 'agent_thought_chunk':
        return chunk('thinking', update, speaker);
      case 'user_message_chunk':
        return chunk('user', update, speaker);
      case 'session_message_chunk':
        return chunk('session', update, speaker);
      case 'tool_call':
      case 'tool_call_update': {
        const parsed = updates.tool_call.safeParse(update);
        if (!parsed.success) return false;
        // What is held back of a call is its speaker's all the same.
        if (speaker.subagent !== undefined || speaker.parentToolCallId !== undefined) {
          speakers.set(parsed.data.toolCallId, speaker);
        }
        tools(toolCalls.update(parsed.data, kind));
        return true;
      }
      case 'plan':
      case 'plan_update':
      case 'plan_removed':
        return plan(update);
      case 'usage_update':
        return usage(update);
      case 'available_commands_update':
        return commands(update);
      case 'session_info_update':
        return info(update);
      case 'notice':
        return notice(update);
      case 'compaction_update':
      case 'compaction_summary_chunk':
        return compaction(update);
      default:
        return false;
    }
  };

  return {
    /** A `session/update`. Its kind may be one we have never heard of. */
    update: (update: { readonly sessionUpdate: string }, speaker: Speaker = {}): void => {
      if (!translate(update.sessionUpdate, update, speaker)) {
        note(update.sessionUpdate, { update: storedValue(update, maxNoteBytes), ...speaker });
      }
    },
    /** A tool call that a permission request describes: with some agents the first we hear of it. */
    tool: (request: ToolCallUpdate): void => tools(toolCalls.requested(request)),
    /** What a command in one of our terminals printed, and how it ended: see `createToolCalls`. */
    terminalOutput: (terminalId: string, text: string): void => tools(toolCalls.terminalOutput(terminalId, text)),
    terminalEnded: (terminalId: string, exit: TerminalExit, output: StoredText | null): void =>
      tools(toolCalls.terminalEnded(terminalId, exit, output)),
    /** What a request for permission asks for: see `createToolCalls`. */
    askedFor: toolCalls.askedFor,
    note,
    /** The agent asks for a file to be written; gives what is to be called when it is different then. */
    writing: (path: string): ((diff: Diff) => void) => {
      const place = toolCalls.writing(path);
      return (diff) => wrote(diff, place(diff));
    },
    /** A line that could not be read, or that nobody asked for. */
    line: (name: 'unparsed' | 'unexpected' | 'oversize', text: string, bytes?: number): void =>
      note(name, { raw: storedText(text, maxNoteBytes), ...(bytes === undefined ? {} : { bytes }) }),
    say,
    sayIfChanged,
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
      cancelToolTimer?.();
      cancelToolTimer = null;
      sayTools(toolCalls.flush());
      for (const payload of compactions.flush()) say('compaction', payload);
    },
  };
};
