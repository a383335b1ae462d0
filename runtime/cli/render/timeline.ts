import { durationText } from '../../../actors/model/dashboard/duration.ts';
import { contentPart } from '../../../actors/protocol/facts/content-part.ts';
import type {
  ApprovalOption,
  Diff,
  FailureKind,
  HistoryEvent,
  Payload,
} from '../../../actors/protocol/facts/events.ts';
import { endingOf } from '../../../actors/protocol/facts/run-ending.ts';
import { dashboardStatus, isTerminal } from '../../../actors/protocol/facts/status.ts';
import { isToldType, type ToldType, toldLine } from '../../../actors/protocol/facts/told-line.ts';
import { isWorkEventType, type WorkEventType, workLine } from '../../../actors/protocol/facts/work-line.ts';
import type { Colours } from '../invocation/terminal.ts';
import { truncate } from '../text/display-width.ts';
import { jsonLine } from '../text/json-line.ts';
import { asSaid, sanitise, sanitiseLine, withoutLeadingNewlines, withoutTrailingNewlines } from '../text/sanitise.ts';
import { askedLines } from './asked-lines.ts';
import { knownFact } from './known-fact.ts';
import { isLedgerType, ledgerLine } from './ledger-line.ts';
import { noteLine } from './note-line.ts';
import { statusMark } from './status-mark.ts';
import {
  diffLines,
  partLines,
  pathFrom,
  placeLines,
  planLines,
  resolutionLine,
  type ToolShown,
  toolCallLine,
  toolShownLines,
} from './timeline-parts.ts';

export type TimelineOptions = {
  readonly colours: Colours;
  /** Where the agent works: paths below it are shown from there. Learnt from the events where they tell it. */
  readonly folder: string | null;
  /** A line at the beginning of every run, for what shows several. */
  readonly separators: boolean;
  /** The time of each entry before it, as its run's line has it: UTC. */
  readonly times?: boolean;
  /** The commands that answer a request, for somebody who watches live; null where nobody can, or need. */
  readonly answers: ((asked: Payload<'approval_requested'>) => readonly string[] | null) | null;
};

export type Timeline = {
  /** The text by which this event continues what was printed before. */
  readonly show: (event: HistoryEvent) => string;
  /** Ends a line that is still open. */
  readonly end: () => string;
};

type Known = NonNullable<ReturnType<typeof knownFact>>;
/** Prose stands between blank lines; lines of one kind stand together. */
type Block = 'none' | 'prose' | 'thinking' | 'line' | 'separator';

type ToolFields = Pick<Payload<'tool_call'>, 'diffs' | 'title' | 'status'>;

/** What was said of a call before its result. */
type CallShown = {
  readonly title: string;
  readonly kind: Payload<'tool_call'>['kind'];
  readonly locations: Payload<'tool_call'>['locations'];
  readonly status: 'completed' | 'failed' | null;
};

const indent = '    ';
const timeColumns = 'HH:MM:SS '.length;
const maxUnknownColumns = 120;

/** Turns a session's events, one by one and in order, into text that reads like the work itself. */
export const createTimeline = ({ colours, folder, separators, times = false, answers }: TimelineOptions): Timeline => {
  let block: Block = 'none';
  let speaker: string | null = null;
  let lineIsOpen = false;
  /** Of an open line: whether nothing but space is on it yet. */
  let lineIsBlank = true;
  let heldNewlines = '';
  let workFolder = folder;
  let run: number | null = null;
  let workRun: number | null = null;
  let runStartedAt: number | null = null;
  let lastToolCallId: string | null = null;
  const callById = new Map<string, CallShown>();
  const optionsByApproval = new Map<string, readonly ApprovalOption[]>();
  let isBegunAnew = false;
  let failureKind: FailureKind | null = null;
  /** What stands before the next entry: the time of its event. */
  let stamp = '';

  const begin = (next: Block): string => {
    const newline = lineIsOpen ? '\n' : '';
    const apart = block !== 'none' && block !== 'separator' && (next !== 'line' || block !== 'line');
    block = next;
    speaker = null;
    lineIsOpen = false;
    heldNewlines = '';
    return newline + (apart ? '\n' : '');
  };

  const lines = (...all: readonly string[]): string => {
    const margin = stamp === '' ? '' : ' '.repeat(timeColumns);
    return `${begin('line')}${all.map((line, index) => `${index === 0 ? stamp : margin}${line}\n`).join('')}`;
  };

  const fromFolder = (path: string): string => pathFrom(workFolder, path);

  /** A title that has paths in it, with those below the folder as they are seen from there. */
  const inFolder = (title: string): string => (workFolder === null ? title : title.replaceAll(`${workFolder}/`, ''));

  const diffsOf = (diffs: readonly Diff[] | undefined): readonly string[] =>
    (diffs ?? []).flatMap((diff) => diffLines({ ...diff, path: fromFolder(diff.path) }, colours));

  const optionsOf = (approvalId: string): readonly ApprovalOption[] => optionsByApproval.get(approvalId) ?? [];

  const indented = (all: readonly string[]): readonly string[] => all.map((line) => indent + line);

  const speak = (type: 'message' | 'thinking', text: string, messageId: string | undefined): string => {
    const key = `${type} ${messageId ?? ''}`;
    const isNew = speaker !== key;
    const before = isNew ? begin(type === 'message' ? 'prose' : 'thinking') : '';
    const at = isNew ? stamp : '';
    speaker = key;
    const safe = heldNewlines + sanitise(text);
    // Blank lines at a message's beginning are dropped, those at its end held back until it goes on.
    const whole = lineIsOpen ? safe : withoutLeadingNewlines(safe);
    const body = withoutTrailingNewlines(whole);
    heldNewlines = whole.slice(body.length);
    if (body === '') return before + at;
    const said = asSaid(body, !lineIsOpen || lineIsBlank);
    const lastLine = body.slice(body.lastIndexOf('\n') + 1);
    lineIsBlank = lastLine.trim() === '' && (!lineIsOpen || lineIsBlank || body.includes('\n'));
    lineIsOpen = true;
    return before + at + (type === 'message' ? said : colours.dim(said));
  };

  const beginRun = (event: HistoryEvent): string => {
    if (event.run === run) return '';
    run = event.run;
    // Live, an entry of the ledger may come in the middle of a run, and the run goes on after it.
    if (run !== 0 && run !== workRun) {
      workRun = run;
      // When a run began that is met in its middle, nobody here knows.
      runStartedAt = event.seq === 1 ? event.occurredAt : null;
      callById.clear();
      optionsByApproval.clear();
      isBegunAnew = false;
      failureKind = null;
    }
    if (!separators) return '';
    const when = new Date(event.occurredAt).toISOString().slice(0, 19).replace('T', ' ');
    const title = event.run === 0 ? 'session' : `run ${event.run}`;
    return `${begin('separator')}${colours.dim(`── ${title} · ${when} UTC ${'─'.repeat(30)}`)}\n`;
  };

  const ending = (payload: Payload<'status'>, at: number): string => {
    const status = dashboardStatus(payload.status);
    const { reason, stopReason = null } = payload;
    const { word, line } = endingOf({ status, stopReason, failureKind, failureReason: reason ?? null });
    const took = runStartedAt === null ? '' : colours.dim(` in ${durationText(at - runStartedAt)}`);
    const parts = [statusMark(status, colours, word) + took];
    if (line !== null) parts.push(sanitiseLine(line));
    if (isBegunAnew) parts.push(colours.yellow('in a new conversation'));
    return lines(parts.join(' · '));
  };

  /** What a call has shown, below its line or below its name; nothing when that is nothing. */
  const showTool = (toolCallId: string, payload: ToolShown & ToolFields): string => {
    const { diffs, status } = payload;
    const call = callById.get(toolCallId) ?? {
      title: toolCallId,
      kind: undefined,
      locations: undefined,
      status: null,
    };
    const title = sanitiseLine(inFolder(payload.title ?? call.title));
    const isEnd = status === 'completed' || status === 'failed';
    const isFirstEnd = isEnd && call.status === null;
    const shown = [
      ...(isFirstEnd && diffs === undefined ? placeLines(call.locations, { title, folder: workFolder }, colours) : []),
      ...diffsOf(diffs),
      ...toolShownLines(payload, status === 'failed', colours),
      ...(status === 'failed' && call.status !== 'failed' ? [colours.red('✗ failed')] : []),
    ];
    if (isEnd) callById.set(toolCallId, { ...call, status });
    if (toolCallId === lastToolCallId) return shown.length === 0 ? '' : lines(...indented(shown));
    if (shown.length === 0 && !isFirstEnd) return '';
    lastToolCallId = toolCallId;
    return lines(colours.dim(`  ↳ ${title}`), ...indented(shown));
  };

  const showKnown = (fact: Known, event: HistoryEvent): string => {
    switch (fact.type) {
      case 'prompt': {
        const [first = '', ...rest] = sanitise(fact.payload.text).trimEnd().split('\n');
        return (
          begin('prose') + stamp + [`${colours.cyan('❯')} ${first}`, ...rest.map((line) => `  ${line}`), ''].join('\n')
        );
      }
      case 'message':
      case 'thinking': {
        const { text, parts = [], messageId } = fact.payload;
        // Events of an earlier program have the block as it came.
        const older = contentPart.safeParse(fact.payload.content);
        const shown = [...parts, ...(older.success ? [older.data] : [])].flatMap((part) => partLines(part, colours));
        return (text === '' ? '' : speak(fact.type, text, messageId)) + (shown.length === 0 ? '' : lines(...shown));
      }
      case 'tool_call': {
        const { toolCallId, title, kind, locations } = fact.payload;
        const known = callById.get(toolCallId);
        const call = {
          title: title ?? known?.title ?? toolCallId,
          kind: kind ?? known?.kind,
          locations: locations ?? known?.locations,
          status: known?.status ?? null,
        };
        callById.set(toolCallId, call);
        if (known?.title === call.title) return showTool(toolCallId, fact.payload);
        lastToolCallId = toolCallId;
        const line = toolCallLine({ ...fact.payload, kind: call.kind, title: inFolder(call.title) }, colours);
        // A call is told once; as what it turns out to be stands below it.
        return lines(known === undefined ? line : `  ↳ ${line}`) + showTool(toolCallId, fact.payload);
      }
      case 'tool_result':
        return showTool(fact.payload.toolCallId, fact.payload);
      case 'plan':
        return lines(colours.bold('plan'), ...indented(planLines(fact.payload, colours)));
      case 'approval_requested': {
        const { approvalId, options } = fact.payload;
        optionsByApproval.set(approvalId, options);
        const [question = '', ...asked] = askedLines(fact.payload, colours, workFolder);
        const answering = answers?.(fact.payload) ?? [colours.dim(`id ${sanitiseLine(approvalId)}`)];
        return lines(question, ...indented([...asked, ...answering]));
      }
      case 'approval_resolved':
        return lines(indent + resolutionLine(fact.payload, colours, optionsOf(fact.payload.approvalId)));
      case 'interrupt_requested': {
        const { attempt } = fact.payload;
        const what = ['the agent is asked to stop', 'asked once more', 'its process group is ended'][attempt - 1];
        return lines(colours.yellow(`■ interrupt: ${what}`));
      }
      case 'status':
        if (!isTerminal(fact.payload.status)) return '';
        return ending(fact.payload, event.occurredAt);
      case 'error': {
        failureKind = fact.payload.kind ?? null;
        const hint = fact.payload.hint === undefined ? [] : [indent + sanitiseLine(fact.payload.hint)];
        return lines(`${colours.red('✗ error')}  ${sanitiseLine(fact.payload.message)}`, ...hint);
      }
      case 'usage':
        return '';
      case 'note': {
        const note = noteLine(fact.payload);
        return note === null ? '' : lines(colours.dim(`· ${note}`));
      }
      default:
        if (fact.type === 'conversation') isBegunAnew = fact.payload.how === 'begun_anew';
        if (isToldType(fact.type) || isWorkEventType(fact.type)) return told(fact.type, fact.payload);
        if (fact.type === 'worktree_created') workFolder = fact.payload.path;
        return isLedgerType(fact.type) ? lines(colours.dim(`· ${ledgerLine(fact.type, fact.payload)}`)) : '';
    }
  };

  /** The sentence of an event that has one, also where its payload is none that this program knows. */
  const told = (type: ToldType | WorkEventType, payload: unknown): string => {
    const sentence = isToldType(type) ? toldLine(type, payload) : workLine(type, payload);
    return sentence === null ? '' : lines(colours.dim(`· ${truncate(sanitiseLine(sentence), maxUnknownColumns)}`));
  };

  const showUnknown = (event: HistoryEvent): string => {
    if (isToldType(event.type) || isWorkEventType(event.type)) return told(event.type, event.payload);
    const payload = truncate(sanitiseLine(jsonLine(event.payload) ?? ''), maxUnknownColumns);
    return lines(colours.dim(`· ${sanitiseLine(event.type)} ${payload}`));
  };

  return {
    show: (event) => {
      const fact = knownFact(event);
      const time = new Date(event.occurredAt).toISOString().slice(11, 19);
      stamp = times ? `${colours.dim(time)} ` : '';
      return beginRun(event) + (fact === null ? showUnknown(event) : showKnown(fact, event));
    },
    end: () => {
      const newline = lineIsOpen ? '\n' : '';
      lineIsOpen = false;
      speaker = null;
      return newline;
    },
  };
};
