/**
 * Follows each tool call through the messages that may speak of it (`tool_call`, `tool_call_update`, a permission
 * request), in whatever order and completeness an agent sends them, and gives the events that are news.
 *
 * What grows (an input, an output, a title that is sent anew with each piece) is joined: a call gives at most one event
 * in 250 ms, and what is sent again and again takes a small multiple of what it comes to. What is held back is given
 * before a request, before a result, at a flush, or when the call has been quiet for a second (`due`).
 */
import { jsonOf, storedText, storedValue } from '../../model/run/stored-text.ts';
import type { AskedFor, Payload, StoredText } from '../../protocol/facts/events.ts';
import { commandIn } from '../../protocol/facts/input-text.ts';
import type { TerminalExit } from '../../protocol/threads/session-messages.ts';
import { createLatest, type Latest } from './latest.ts';
import type { ToolCallUpdate } from './tool-call.ts';
import { toolContent } from './tool-content.ts';
import { createToolOutput, type ToolOutput } from './tool-output.ts';
import { createWrittenFiles } from './written-files.ts';

export type ToolEvent =
  | { readonly type: 'tool_call'; readonly payload: Payload<'tool_call'> }
  | { readonly type: 'tool_result'; readonly payload: Payload<'tool_result'> }
  | { readonly type: 'note'; readonly payload: Payload<'note'> };

/** What a request for permission asks for. */
export type AskedForCall = AskedFor & {
  /** The id by which the log knows its call, where that is not the agent's own. */
  readonly toolCallId?: string;
  readonly title?: string;
  readonly kind?: string;
};

/** What goes into a call, and what it shows. Both are told anew as often as an agent likes. */
type Said = Pick<
  Payload<'tool_call'>,
  'title' | 'kind' | 'name' | 'status' | 'input' | 'locations' | 'parentToolCallId'
>;
type Shown = Pick<Payload<'tool_result'>, 'status' | 'output' | 'diffs' | 'parts' | 'rawOutput' | 'exit'>;

type End = Payload<'tool_result'>['status'];

type Call = {
  readonly id: string;
  /** Which of the calls that the agent gave this id: 1 for the first. */
  readonly use: number;
  readonly said: Latest<Said>;
  readonly shown: Latest<Shown>;
  readonly output: ToolOutput;
  readonly terminalIds: Set<string>;
  readonly oddParts: Set<string>;
  ended: End | null;
  /** Whether something is held back. */
  isBehind: boolean;
  loggedAt: number;
  changedAt: number;
};

/** What is known of a call that was forgotten after its end. */
type Ended = Pick<Call, 'id' | 'use' | 'ended'>;

/** A command's output, whether or not a call has shown it yet. */
type Terminal = { readonly output: ToolOutput; exit: TerminalExit | null; whole: StoredText | null };

export const progressEveryMs = 250;
const quietAfterMs = 1_000;
/** How many times what a call is called with may be logged while it still changes, and once it is quiet. */
const share = { growing: 1.5, quiet: 3 } as const;
const maxTitleBytes = 2_048;
const maxOddBytes = 500;
/** Of more calls the oldest are forgotten, after what they held back: told of again, they begin anew under their id. */
const maxOpen = 128;
/** So many that have ended are remembered with their output, and so many more by their id. */
const maxEnded = 16;
const maxEndedIds = 4_096;
const maxTerminals = 64;
const maxTerminalsOfCall = 16;

export const createToolCalls = (options: { readonly maxStoredTextBytes: number; readonly now: () => number }) => {
  const { maxStoredTextBytes: maxBytes, now } = options;
  /** By the agent's ids, in the order of their beginning. */
  const calls = new Map<string, Call>();
  /** Those of them that have ended, in the order of their end. */
  const endedIds = new Set<string>();
  /** Those that ended before: only that they did. */
  const forgotten = new Map<string, Ended>();
  /** Those of which something may come to be told with the time alone. */
  const held = new Set<Call>();
  const terminals = new Map<string, Terminal>();
  const written = createWrittenFiles();

  const outputsOf = (call: Call): readonly ToolOutput[] => {
    const ofTerminals = [...call.terminalIds].flatMap((id) => {
      const output = terminals.get(id)?.output;
      return output === undefined || output.isEmpty() ? [] : [output];
    });
    return ofTerminals.length === 0 ? [call.output] : ofTerminals;
  };

  /** Takes what a message says of a call; whether any of it is new. */
  const hear = (call: Call, update: ToolCallUpdate): boolean => {
    const { said } = call;
    const { title, kind, name, status, locations, parentToolCallId } = update;
    let isNew = false;
    if (title) isNew = said.set('title', shortTitle(title)) || isNew;
    if (kind) isNew = said.set('kind', kind) || isNew;
    if (name) isNew = said.set('name', name) || isNew;
    if (status && endIn(update) === null && call.ended === null) isNew = said.set('status', status) || isNew;
    if (parentToolCallId) isNew = said.set('parentToolCallId', parentToolCallId) || isNew;
    if (hasInput(update)) isNew = said.set('input', storedValue(update.rawInput, maxBytes)) || isNew;
    if (locations.length > 0) isNew = said.set('locations', [...locations]) || isNew;
    return isNew;
  };

  /** Takes what a message shows of a call; whether any of it may be new. */
  const look = (call: Call, update: ToolCallUpdate): boolean => {
    const { output, shown } = call;
    const { text, diffs, parts, terminalIds } = toolContent(update.content, maxBytes);
    if (call.ended === null) written.heard(call.id, update, diffs);
    let isNew = update.streamed !== undefined || text !== null || terminalIds.length > 0;
    if (update.streamed !== undefined) output.append(update.streamed);
    if (text !== null) output.replace(text);
    for (const terminalId of terminalIds) {
      if (call.terminalIds.size < maxTerminalsOfCall) call.terminalIds.add(terminalId);
    }
    if (diffs.length > 0) isNew = shown.set('diffs', [...diffs]) || isNew;
    if (parts.length > 0) isNew = shown.set('parts', [...parts]) || isNew;
    if (update.rawOutput !== undefined) {
      isNew = shown.set('rawOutput', storedValue(update.rawOutput, maxBytes)) || isNew;
    }
    if (update.exit !== undefined) isNew = shown.set('exit', update.exit) || isNew;
    return isNew;
  };

  const outputOf = (call: Call): StoredText | null => {
    const whole = [...call.terminalIds].flatMap((id) => terminals.get(id)?.whole ?? []);
    const texts = whole.length > 0 ? whole : outputsOf(call).flatMap((output) => output.stored() ?? []);
    return joined(texts, maxBytes);
  };

  /** Brings what a call shows up to its output and its terminals, for a result. */
  const settle = (call: Call): void => {
    const { shown } = call;
    const output = outputOf(call);
    if (output !== null) shown.set('output', output);
    for (const each of outputsOf(call)) if (each.hasNews()) each.takeNews();
    const exit = [...call.terminalIds].flatMap((id) => terminals.get(id)?.exit ?? []).at(-1);
    if (exit !== undefined) shown.set('exit', { code: exit.exitCode, signal: exit.signal });
    // What the agent says beside the output of its terminals is shown beside it, unless it only repeats it.
    const words = outputsOf(call).includes(call.output) ? null : call.output.stored();
    if (words === null || output?.text.includes(words.text.trim())) return;
    const parts = (shown.get('parts') ?? []).filter(({ type }) => type !== 'text');
    shown.set('parts', [...parts, { type: 'text', text: words }]);
  };

  /**
   * The event of what the log does not have of a call, as far as that stays within `times` what it is called with; none
   * when that is nothing. After its result it is another result, of what came after it.
   */
  const tell = (call: Call, times?: number): ToolEvent[] => {
    const { id, ended } = call;
    if (ended !== null) settle(call);
    const fresh = call.said.takeNews(times);
    const shown = ended === null ? null : call.shown.takeNews(times);
    const grown = ended === null ? outputsOf(call).filter((output) => output.hasNews()) : [];
    const outputAppended = joined(
      grown.map((output) => output.takeNews()),
      maxBytes,
    );
    call.isBehind = call.said.hasNews() || (ended !== null && call.shown.hasNews());
    if (!call.isBehind) held.delete(call);
    if (fresh === null && shown === null && outputAppended === null) return [];
    call.loggedAt = now();
    if (ended !== null) return [resultEvent({ ...fresh, ...shown, toolCallId: id, status: ended })];
    return [callEvent({ toolCallId: id, ...fresh, ...(outputAppended === null ? {} : { outputAppended }) })];
  };

  /** The first event of a call, whatever there is to tell. What follows it at once is not held back. */
  const tellFirst = (call: Call): ToolEvent[] => {
    const hasOutput = outputsOf(call).some((output) => output.hasNews());
    const events = tell(call);
    if (!hasOutput) call.loggedAt = Number.NEGATIVE_INFINITY;
    return events.length > 0 ? events : [callEvent({ toolCallId: call.id })];
  };

  const isQuiet = (call: Call): boolean => now() - call.changedAt >= quietAfterMs;
  const isInTime = (call: Call): boolean => now() - call.loggedAt >= progressEveryMs;

  /** The same at most every 250 ms: the rest is held back. */
  const tellInTime = (call: Call): ToolEvent[] => {
    call.isBehind = true;
    held.add(call);
    return isInTime(call) ? tell(call, isQuiet(call) ? share.quiet : share.growing) : [];
  };

  /** All that the log does not have of a call, what it shows included: nothing may come any more to tell it. */
  const tellAll = (call: Call): ToolEvent[] => {
    if (call.ended !== null) return call.isBehind ? tell(call) : [];
    const events = tell(call);
    const shown = call.shown.takeNews();
    return shown === null ? events : [...events, callEvent({ toolCallId: call.id, ...shown })];
  };

  const tellResult = (call: Call, end: End, isNew: boolean): ToolEvent[] => {
    settle(call);
    const fresh = call.said.takeNews();
    const events = isNew || fresh !== null ? [callEvent({ toolCallId: call.id, ...fresh })] : [];
    call.ended = end;
    call.isBehind = false;
    held.delete(call);
    call.shown.set('status', end);
    const edits = written.take(call.id, call.shown.get('diffs') ?? []);
    if (edits.length > 0) call.shown.set('diffs', [...edits]);
    const title = call.said.get('title');
    const result = { ...(title === undefined ? {} : { title }), ...call.shown.takeAll() };
    return [...events, resultEvent({ ...result, toolCallId: call.id, status: end })];
  };

  const begin = (agentId: string, { id, use, ended }: Ended): Call => {
    const call: Call = {
      id,
      use,
      said: createLatest<Said>(),
      shown: createLatest<Shown>(),
      output: createToolOutput(maxBytes),
      terminalIds: new Set(),
      oddParts: new Set(),
      ended,
      isBehind: false,
      loggedAt: Number.NEGATIVE_INFINITY,
      changedAt: now(),
    };
    // Anew, so that they stand in the order of their beginning.
    calls.delete(agentId);
    calls.set(agentId, call);
    endedIds.delete(agentId);
    if (ended !== null) endedIds.add(agentId);
    forgotten.delete(agentId);
    return call;
  };

  /** The call that a message speaks of; a new one when there was none, or it has ended and the message begins anew. */
  const callOf = (agentId: string, beginsAnew: boolean): { readonly call: Call; readonly isNew: boolean } => {
    const known = calls.get(agentId) ?? forgotten.get(agentId);
    if (known === undefined) return { call: begin(agentId, { id: agentId, use: 1, ended: null }), isNew: true };
    if (known.ended !== null && beginsAnew) {
      const use = known.use + 1;
      return { call: begin(agentId, { id: `${agentId} (${use})`, use, ended: null }), isNew: true };
    }
    return { call: calls.get(agentId) ?? begin(agentId, known), isNew: false };
  };

  /** Forgets the calls that are too many to remember; gives what they held back. */
  const forget = (): ToolEvent[] => {
    const tooMany = [
      ...firstOf(endedIds, endedIds.size - maxEnded),
      ...firstOf(calls.keys(), calls.size - maxOpen - maxEnded),
    ];
    const events = tooMany.flatMap((agentId): ToolEvent[] => {
      const call = calls.get(agentId);
      if (call === undefined) return [];
      const last = tellAll(call);
      calls.delete(agentId);
      endedIds.delete(agentId);
      held.delete(call);
      if (call.ended !== null) forgotten.set(agentId, { id: call.id, use: call.use, ended: call.ended });
      return last;
    });
    for (const agentId of firstOf(forgotten.keys(), forgotten.size - maxEndedIds)) forgotten.delete(agentId);
    return events;
  };

  /** A part that was left out is noted once a call. */
  const oddNotes = (call: Call, odd: Iterable<readonly [part: string, value: unknown]>): ToolEvent[] =>
    [...odd].flatMap(([part, value]): ToolEvent[] => {
      if (call.oddParts.has(part)) return [];
      call.oddParts.add(part);
      const payload = { note: 'odd_part', toolCallId: call.id, part, value: storedValue(value, maxOddBytes) };
      return [{ type: 'note', payload }];
    });

  const terminalOf = (terminalId: string): Terminal => {
    const known = terminals.get(terminalId);
    if (known !== undefined) return known;
    const ended = [...terminals].flatMap(([id, { exit }]) => (exit === null ? [] : [id]));
    for (const id of firstOf([...ended, ...terminals.keys()], terminals.size + 1 - maxTerminals)) terminals.delete(id);
    const made: Terminal = { output: createToolOutput(maxBytes), exit: null, whole: null };
    terminals.set(terminalId, made);
    return made;
  };

  /** What the calls that show a terminal tell of what has just changed in it. */
  const tellOfTerminal = (terminalId: string): ToolEvent[] =>
    [...calls.values()].flatMap((call) => {
      if (!call.terminalIds.has(terminalId)) return [];
      call.changedAt = now();
      return tellInTime(call);
    });

  return {
    /**
     * The events that a message about a tool call gives, in order. `kind` is the update's own: a `tool_call` of an id
     * that has ended is another call, a `tool_call_update` belongs to the one that ended.
     */
    update: (update: ToolCallUpdate, kind: 'tool_call' | 'tool_call_update'): ToolEvent[] => {
      const { call, isNew } = callOf(update.toolCallId, kind === 'tool_call');
      const events = forget();
      const end = endIn(update);
      const isNews = [hear(call, update), look(call, update)].includes(true);
      if (isNews) call.changedAt = now();
      events.push(...oddNotes(call, update.odd));
      if (call.ended === null) {
        if (end !== null) {
          events.push(...tellResult(call, end, isNew));
          endedIds.add(update.toolCallId);
        } else if (isNew) events.push(...tellFirst(call));
        else events.push(...tellInTime(call));
        return events;
      }
      if (end !== null) {
        call.ended = end;
        call.shown.set('status', end);
      } else if (update.status) events.push(...oddNotes(call, [['status', update.status]]));
      return [...events, ...tellInTime(call)];
    },

    /**
     * The events that a request for permission gives: what was held back of its call comes before it. What explains the
     * request is none of the call's output; its edits are the call's, until that tells its own.
     */
    requested: (request: ToolCallUpdate): ToolEvent[] => {
      const { call, isNew } = callOf(request.toolCallId, true);
      const events = [...forget(), ...oddNotes(call, request.odd)];
      hear(call, request);
      const { diffs } = toolContent(request.content, maxBytes);
      if (diffs.length > 0) call.shown.set('diffs', [...diffs]);
      // The request itself tells them.
      call.shown.markLogged('diffs');
      call.shown.markLogged('parts');
      return [...events, ...(isNew ? tellFirst(call) : tell(call))];
    },

    /** What a request for permission asks for: what it says itself, and otherwise what was told of its call before. */
    askedFor: (request: ToolCallUpdate): AskedForCall => {
      const call = calls.get(request.toolCallId);
      const said = toolContent(request.content, maxBytes);
      const before = call === undefined || call.ended !== null ? null : call;
      const toolName = request.name ?? before?.said.get('name');
      const title = request.title ? shortTitle(request.title) : before?.said.get('title');
      const kind = request.kind ?? before?.said.get('kind');
      const input = hasInput(request) ? storedValue(request.rawInput, maxBytes) : before?.said.get('input');
      const diffs = said.diffs.length > 0 ? said.diffs : before?.shown.get('diffs');
      const locations = request.locations.length > 0 ? request.locations : before?.said.get('locations');
      const parts = said.parts.length > 0 ? said.parts : before?.shown.get('parts');
      // A title that is too long for one is told whole, unless it only is the command that the input holds.
      const isCut = request.title !== undefined && title !== request.title;
      const isTold = isCut && commandIn(request.rawInput)?.trim() === request.title?.trim();
      const words = isCut && !isTold ? [request.title, said.text] : [said.text];
      const told = words.filter((each) => typeof each === 'string').join('\n\n');
      const text = told !== '' ? storedText(told, maxBytes) : before === null ? null : outputOf(before);
      return {
        ...(before === null || before.id === request.toolCallId ? {} : { toolCallId: before.id }),
        ...(title === undefined ? {} : { title }),
        ...(kind ? { kind } : {}),
        ...(toolName === undefined ? {} : { toolName }),
        ...(input === undefined ? {} : { input }),
        ...(diffs === undefined ? {} : { diffs: [...diffs] }),
        ...(locations === undefined ? {} : { locations: [...locations] }),
        ...(text === null ? {} : { text }),
        ...(parts === undefined ? {} : { parts: [...parts] }),
      };
    },

    /** What the agent called a call that is under way. */
    titleOf: (toolCallId: string): string | null => {
      const call = calls.get(toolCallId);
      return call === undefined || call.ended !== null ? null : (call.said.get('title') ?? null);
    },

    /** A command in one of our terminals printed this: the output of the calls that show that terminal, or will. */
    terminalOutput: (terminalId: string, text: string): ToolEvent[] => {
      terminalOf(terminalId).output.append(text);
      return tellOfTerminal(terminalId);
    },

    /**
     * The command in one of our terminals has ended: it is told with the result of the calls that show it. `output` is
     * all that it printed, where that is known better than by the pieces.
     */
    terminalEnded: (terminalId: string, exit: TerminalExit, output: StoredText | null = null): ToolEvent[] => {
      const ended = terminalOf(terminalId);
      ended.exit = exit;
      ended.whole = output;
      return tellOfTerminal(terminalId);
    },

    /** The agent asks for a file to be written through us: see `createWrittenFiles`. */
    writing: written.writing,

    /** Whether something is held back: then `due` is to be asked for it within 250 ms. */
    holdsBack: (): boolean => held.size > 0,

    /** What was held back long enough. */
    due: (): ToolEvent[] =>
      [...held].flatMap((call) => {
        const isLast = isInTime(call) && isQuiet(call);
        const events = tellInTime(call);
        // What is too much even of a call that is quiet waits for its result or a flush.
        if (isLast) held.delete(call);
        return events;
      }),

    /** Everything that was held back, for the end of a run: of a call without a result also what it showed. */
    flush: (): ToolEvent[] => [...calls.values()].flatMap(tellAll),
  };
};

const callEvent = (payload: Payload<'tool_call'>): ToolEvent => ({ type: 'tool_call', payload });
const resultEvent = (payload: Payload<'tool_result'>): ToolEvent => ({ type: 'tool_result', payload });

const endIn = ({ status }: ToolCallUpdate): End | null =>
  status === 'completed' || status === 'failed' ? status : null;

const hasInput = ({ rawInput }: ToolCallUpdate): boolean =>
  rawInput !== undefined && rawInput !== null && jsonOf(rawInput) !== '{}';

const shortTitle = (title: string): string => storedText(title, maxTitleBytes).text;

/** Several texts as one. */
const joined = (texts: readonly StoredText[], maxBytes: number): StoredText | null => {
  const [first, ...rest] = texts;
  if (first === undefined) return null;
  return rest.length === 0 ? first : storedText(texts.map(({ text }) => text).join('\n'), maxBytes);
};

/** The first so many; none when that is less than one. */
const firstOf = (ids: Iterable<string>, count: number): readonly string[] =>
  count < 1 ? [] : [...ids].slice(0, count);
