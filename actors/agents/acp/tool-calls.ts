/**
 * Follows each tool call through the messages that may speak of it (`tool_call`, `tool_call_update`, a permission
 * request), in whatever order and completeness an agent sends them, and gives the events that are news.
 */
import { createHash } from 'node:crypto';
import { jsonOf, storedText, storedValue } from '../../model/run/stored-text.ts';
import type { Diff, Payload, StoredText } from '../../protocol/facts/events.ts';
import type { TerminalExit } from '../../protocol/threads/session-messages.ts';
import { textOf } from './content-block.ts';
import { type ToolCallUpdate, terminalOutputMeta } from './tool-call.ts';
import { createToolOutput, type ToolOutput } from './tool-output.ts';
import { createWrittenFiles } from './written-files.ts';

/** What a request for permission asks for. */
export type AskedFor = Pick<Payload<'approval_requested'>, 'input' | 'diffs' | 'text'>;

export type ToolEvent =
  | { readonly type: 'tool_call'; readonly payload: Payload<'tool_call'> }
  | { readonly type: 'tool_result'; readonly payload: Payload<'tool_result'> };

/** What was said of a call, to tell what is new: inputs and locations by their hash, for they may be large. */
type Said = { title?: string; kind?: string; status?: string; input?: string; locations?: string };

/** A call under way; one that has its result is only known to have it. */
type Open = {
  readonly said: Said;
  readonly output: ToolOutput;
  diffs: readonly Diff[];
  /** How the command in its terminal ended, and all it said. */
  terminal?: { readonly exit: TerminalExit; readonly output: StoredText | null };
  /** What it is called with, as whole as the log keeps a text: what is asked for may be told before it is asked. */
  input?: unknown;
};

const progressEveryMs = 250;
const maxInputBytes = 16_384;

export const createToolCalls = (options: { readonly maxStoredTextBytes: number; readonly now: () => number }) => {
  const { maxStoredTextBytes: maxBytes } = options;
  const calls = new Map<string, Open | 'ended'>();
  const written = createWrittenFiles();
  /** Terminals, by the call that names them; what they say before that is held back. */
  const callByTerminal = new Map<string, string>();
  const early = new Map<string, { text: string; ended?: NonNullable<Open['terminal']> }>();
  let lastProgressAt = Number.NEGATIVE_INFINITY;

  const takeOutput = (call: Open, update: ToolCallUpdate): void => {
    const meta = terminalOutputMeta.safeParse(update._meta);
    const streamed = meta.success ? (meta.data.terminal_output_delta ?? meta.data.terminal_output)?.data : undefined;
    if (streamed !== undefined) call.output.append(streamed);
    const text = textIn(update);
    if (text !== null) call.output.replace(text);
    const diffs = diffsIn(update);
    if (diffs.length > 0) call.diffs = diffs;
  };

  const diffsIn = (update: ToolCallUpdate): readonly Diff[] =>
    (update.content ?? []).flatMap((part): Diff[] =>
      part.type === 'diff' && typeof part.path === 'string' && typeof part.newText === 'string'
        ? [
            {
              path: part.path,
              oldText: typeof part.oldText === 'string' ? storedText(part.oldText, maxBytes) : null,
              newText: storedText(part.newText, maxBytes),
            },
          ]
        : [],
    );

  /** What this update says that earlier ones did not; null when that is nothing. */
  const news = (call: Open, update: ToolCallUpdate): Omit<Payload<'tool_call'>, 'toolCallId'> | null => {
    const { said } = call;
    const fresh: Record<string, unknown> = {};
    if (update.title && update.title !== said.title) fresh.title = said.title = update.title;
    if (update.kind && update.kind !== said.kind) fresh.kind = said.kind = update.kind;
    if (update.status && update.status !== said.status) fresh.status = said.status = update.status;
    if (update.rawInput !== undefined) {
      const json = jsonOf(update.rawInput) ?? '';
      const input = hashOf(json);
      if (input !== said.input && json !== '{}') {
        said.input = input;
        call.input = storedValue(update.rawInput, maxBytes);
        fresh.input = storedValue(update.rawInput, maxInputBytes);
      }
    }
    if (update.locations && update.locations.length > 0) {
      const locations = hashOf(jsonOf(update.locations) ?? '');
      if (locations !== said.locations) {
        said.locations = locations;
        fresh.locations = update.locations.slice(0, 100).map(({ path }) => ({ path }));
      }
    }
    return Object.keys(fresh).length === 0 ? null : fresh;
  };

  const progress = (call: Open): { outputAppended?: StoredText } => {
    if (!call.output.hasNews()) return {};
    const now = options.now();
    if (now - lastProgressAt < progressEveryMs) return {};
    lastProgressAt = now;
    return { outputAppended: call.output.takeNews() };
  };

  const terminalSays = (terminalId: string, text: string, ended?: NonNullable<Open['terminal']>): ToolEvent[] => {
    const toolCallId = callByTerminal.get(terminalId);
    if (toolCallId === undefined) {
      const held = early.get(terminalId) ?? { text: '' };
      early.set(terminalId, { ...held, text: held.text + text, ...(ended === undefined ? {} : { ended }) });
      return [];
    }
    const call = calls.get(toolCallId);
    if (call === undefined || call === 'ended') return [];
    call.output.append(text);
    if (ended !== undefined) call.terminal = ended;
    if (!call.output.hasNews()) return [];
    return [{ type: 'tool_call', payload: { toolCallId, outputAppended: call.output.takeNews() } }];
  };

  const nameTerminals = (call: Open, { toolCallId, content }: ToolCallUpdate): void => {
    for (const part of content ?? []) {
      if (part.type !== 'terminal' || typeof part.terminalId !== 'string') continue;
      if (callByTerminal.has(part.terminalId)) continue;
      callByTerminal.set(part.terminalId, toolCallId);
      const held = early.get(part.terminalId);
      early.delete(part.terminalId);
      if (held === undefined) continue;
      call.output.append(held.text);
      if (held.ended !== undefined) call.terminal = held.ended;
    }
  };

  const begin = (toolCallId: string): Open => {
    const call: Open = { said: {}, output: createToolOutput(maxBytes), diffs: [] };
    calls.set(toolCallId, call);
    return call;
  };

  return {
    /** The events that a message about a tool call gives, in order; none when the call has its result already. */
    update: (update: ToolCallUpdate): ToolEvent[] => {
      const { toolCallId } = update;
      const known = calls.get(toolCallId);
      if (known === 'ended') return [];
      const call = known ?? begin(toolCallId);
      written.heard(update);
      takeOutput(call, update);
      nameTerminals(call, update);
      const ended = update.status === 'completed' || update.status === 'failed' ? update.status : null;
      const fresh = news(call, ended === null ? update : { ...update, status: undefined });
      const growth = ended === null ? progress(call) : {};
      const events: ToolEvent[] = [];
      if (known === undefined || fresh !== null || growth.outputAppended !== undefined) {
        events.push({ type: 'tool_call', payload: { toolCallId, ...fresh, ...growth } });
      }
      if (ended !== null) {
        const output = call.terminal?.output ?? call.output.stored();
        const diffs = written.take(toolCallId, call.diffs);
        const payload: Payload<'tool_result'> = {
          toolCallId,
          status: ended,
          ...(call.said.title === undefined ? {} : { title: call.said.title }),
          ...(output === null ? {} : { output }),
          ...(diffs.length === 0 ? {} : { diffs: [...diffs] }),
          ...(update.rawOutput === undefined ? {} : { rawOutput: storedValue(update.rawOutput, maxBytes) }),
          ...(call.terminal === undefined
            ? {}
            : { exit: { code: call.terminal.exit.exitCode, signal: call.terminal.exit.signal } }),
        };
        events.push({ type: 'tool_result', payload });
        calls.set(toolCallId, 'ended');
      }
      return events;
    },

    terminalOutput: (terminalId: string, text: string): ToolEvent[] => terminalSays(terminalId, text),
    terminalEnded: (terminalId: string, exit: TerminalExit, output: StoredText | null): ToolEvent[] =>
      terminalSays(terminalId, '', { exit, output }),

    /** The agent asks for a file to be written through us: see `createWrittenFiles`. */
    writing: written.writing,

    /** Whether a result of this call was given already. */
    hasEnded: (toolCallId: string): boolean => calls.get(toolCallId) === 'ended',

    /** What the agent called a call that is under way. */
    titleOf: (toolCallId: string): string | null => {
      const call = calls.get(toolCallId);
      return call === undefined || call === 'ended' ? null : (call.said.title ?? null);
    },

    /**
     * What a request for permission asks for: what it says itself, and otherwise what was told of its call before. Of a
     * call that has ended nothing is known any more but the request.
     */
    askedFor: (request: ToolCallUpdate): AskedFor => {
      const known = calls.get(request.toolCallId);
      const call = known === 'ended' ? undefined : known;
      const input = hasInput(request) ? storedValue(request.rawInput, maxBytes) : call?.input;
      const told = diffsIn(request);
      const diffs = told.length > 0 ? told : (call?.diffs ?? []);
      const said = textIn(request);
      const text = said === null ? (call?.output.stored() ?? null) : storedText(said, maxBytes);
      return {
        ...(input === undefined ? {} : { input }),
        ...(diffs.length === 0 ? {} : { diffs: [...diffs] }),
        ...(text === null ? {} : { text }),
      };
    },

    /** Output that was held back to join it, of calls that have no result yet: for the end of a run. */
    flush: (): ToolEvent[] => {
      const events: ToolEvent[] = [];
      for (const [toolCallId, call] of calls) {
        if (call === 'ended' || !call.output.hasNews()) continue;
        events.push({ type: 'tool_call', payload: { toolCallId, outputAppended: call.output.takeNews() } });
      }
      return events;
    },
  };
};

const hasInput = ({ rawInput }: ToolCallUpdate): boolean => rawInput !== undefined && jsonOf(rawInput) !== '{}';

/** What a message says in words; null when it says nothing. */
const textIn = ({ content }: ToolCallUpdate): string | null => {
  const texts = (content ?? []).flatMap((part) => {
    const text = part.type === 'content' ? textOf(part.content) : null;
    return text === null ? [] : [text];
  });
  return texts.length === 0 ? null : texts.join('\n');
};

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');
