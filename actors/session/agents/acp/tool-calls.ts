/**
 * Follows each tool call through the messages that may speak of it (`tool_call`, `tool_call_update`, a permission
 * request), in whatever order and completeness an agent sends them, and gives the events that are news.
 */
import type { Diff, Payload } from '../../../protocol/events.ts';
import { storedText, storedValue } from '../../stored-text.ts';
import { type ToolCallUpdate, terminalOutputMeta, textOf } from './schemas.ts';

export type ToolEvent =
  | { readonly type: 'tool_call'; readonly payload: Payload<'tool_call'> }
  | { readonly type: 'tool_result'; readonly payload: Payload<'tool_result'> };

type Known = {
  readonly said: { title?: string; kind?: string; status?: string; input?: string; locations?: string };
  output: string;
  outputLogged: number;
  diffs: readonly Diff[];
  ended: boolean;
};

const progressEveryMs = 250;
const maxInputBytes = 16_384;

export const createToolCalls = (options: { readonly maxStoredTextBytes: number; readonly now: () => number }) => {
  const { maxStoredTextBytes: maxBytes } = options;
  const known = new Map<string, Known>();
  let lastProgressAt = Number.NEGATIVE_INFINITY;

  const takeOutput = (call: Known, update: ToolCallUpdate): void => {
    const meta = terminalOutputMeta.safeParse(update._meta);
    const streamed = meta.success ? (meta.data.terminal_output_delta ?? meta.data.terminal_output)?.data : undefined;
    if (streamed !== undefined) call.output += streamed;
    if (update.content === null || update.content === undefined) return;
    const texts = update.content.flatMap((part) => {
      const text = part.type === 'content' ? textOf(part.content as Parameters<typeof textOf>[0]) : null;
      return text === null ? [] : [text];
    });
    if (texts.length > 0) {
      const output = texts.join('\n');
      // An agent that sends its output anew each time usually sends it longer; if not, it is logged from its start.
      if (!output.startsWith(call.output.slice(0, call.outputLogged))) call.outputLogged = 0;
      call.output = output;
    }
    const diffs = update.content.flatMap((part): Diff[] =>
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
    if (diffs.length > 0) call.diffs = diffs;
  };

  /** What this update says that earlier ones did not; null when that is nothing. */
  const news = (call: Known, update: ToolCallUpdate): Omit<Payload<'tool_call'>, 'toolCallId'> | null => {
    const { said } = call;
    const fresh: Record<string, unknown> = {};
    if (update.title && update.title !== said.title) fresh.title = said.title = update.title;
    if (update.kind && update.kind !== said.kind) fresh.kind = said.kind = update.kind;
    if (update.status && update.status !== said.status) fresh.status = said.status = update.status;
    if (update.rawInput !== undefined) {
      const input = JSON.stringify(update.rawInput);
      if (input !== said.input && input !== '{}') {
        said.input = input;
        fresh.input = storedValue(update.rawInput, maxInputBytes);
      }
    }
    if (update.locations && update.locations.length > 0) {
      const locations = JSON.stringify(update.locations);
      if (locations !== said.locations) {
        said.locations = locations;
        fresh.locations = update.locations.slice(0, 100).map(({ path }) => ({ path }));
      }
    }
    return Object.keys(fresh).length === 0 ? null : fresh;
  };

  const progress = (call: Known): { outputAppended?: ReturnType<typeof storedText> } => {
    const appended = call.output.slice(call.outputLogged);
    if (appended === '' || call.outputLogged >= maxBytes) return {};
    const now = options.now();
    if (now - lastProgressAt < progressEveryMs) return {};
    lastProgressAt = now;
    call.outputLogged = call.output.length;
    return { outputAppended: storedText(appended, maxBytes) };
  };

  return {
    /** The events that a message about a tool call gives, in order. */
    update: (update: ToolCallUpdate): ToolEvent[] => {
      const { toolCallId } = update;
      const isFirst = !known.has(toolCallId);
      const call: Known = known.get(toolCallId) ?? { said: {}, output: '', outputLogged: 0, diffs: [], ended: false };
      known.set(toolCallId, call);
      if (call.ended) return [];
      takeOutput(call, update);
      const ended = update.status === 'completed' || update.status === 'failed' ? update.status : null;
      const fresh = news(call, ended === null ? update : { ...update, status: undefined });
      const growth = ended === null ? progress(call) : {};
      const events: ToolEvent[] = [];
      if (isFirst || fresh !== null || growth.outputAppended !== undefined) {
        events.push({ type: 'tool_call', payload: { toolCallId, ...fresh, ...growth } });
      }
      if (ended !== null) {
        call.ended = true;
        const payload: Payload<'tool_result'> = {
          toolCallId,
          status: ended,
          ...(call.said.title === undefined ? {} : { title: call.said.title }),
          ...(call.output === '' ? {} : { output: storedText(call.output, maxBytes) }),
          ...(call.diffs.length === 0 ? {} : { diffs: [...call.diffs] }),
          ...(update.rawOutput === undefined ? {} : { rawOutput: storedValue(update.rawOutput, maxBytes) }),
        };
        events.push({ type: 'tool_result', payload });
        call.output = '';
        call.diffs = [];
      }
      return events;
    },

    /** Whether a result of this call was given already. */
    hasEnded: (toolCallId: string): boolean => known.get(toolCallId)?.ended ?? false,

    /** Output that was held back to join it, of calls that have no result yet: for the end of a run. */
    flush: (): ToolEvent[] => {
      const events: ToolEvent[] = [];
      for (const [toolCallId, call] of known) {
        if (call.ended || call.output.length <= call.outputLogged || call.outputLogged >= maxBytes) continue;
        const outputAppended = storedText(call.output.slice(call.outputLogged), maxBytes);
        call.outputLogged = call.output.length;
        events.push({ type: 'tool_call', payload: { toolCallId, outputAppended } });
      }
      return events;
    },
  };
};

export type ToolCalls = ReturnType<typeof createToolCalls>;
