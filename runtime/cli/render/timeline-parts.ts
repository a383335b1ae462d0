/** How single events look in a timeline; each gives whole lines without their indent. Everything is sanitised here. */
import { hasKinds } from '../../../actors/protocol/asked/meant-option.ts';
import type { ContentPart } from '../../../actors/protocol/facts/content-part.ts';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { ApprovalOption, Diff, Payload, StoredText } from '../../../actors/protocol/facts/events.ts';
import { inputText } from '../../../actors/protocol/facts/input-text.ts';
import { partName } from '../../../actors/protocol/facts/part-name.ts';
import { rawOutputText } from '../../../actors/protocol/facts/raw-output-text.ts';
import type { Colours } from '../invocation/terminal.ts';
import { truncate } from '../text/display-width.ts';
import { asSaid, sanitise, sanitiseLine, visibly, withoutLeadingNewlines } from '../text/sanitise.ts';

const maxResultLines = 6;
const maxDiffLines = 8;
const maxPlaces = 3;
const maxLineColumns = 160;

const iconByKind: Readonly<Record<string, string>> = {
  read: '→',
  edit: '✎',
  delete: '✂',
  move: '⇄',
  search: '⌕',
  execute: '$',
  think: '…',
  fetch: '↓',
};

/** The one line of a tool call: icon, kind, title. */
export const toolCallLine = (call: Payload<'tool_call'>, colours: Colours): string => {
  const kind = call.kind === undefined ? 'tool' : sanitiseLine(call.kind);
  const title = truncate(sanitiseLine(call.title ?? call.toolCallId), maxLineColumns);
  return `${colours.cyan(`${iconByKind[kind] ?? '•'} ${kind}`)}  ${title}`;
};

/** What a tool call has shown: in its result, or until the end of a run in which it had none. */
export type ToolShown = Pick<Payload<'tool_result'>, 'output' | 'parts' | 'rawOutput' | 'exit'>;

/**
 * Some lines of a tool's output, what it showed besides by name, and how its command ended. The first lines, but of one
 * that failed the last: there it says why.
 */
export const toolShownLines = (shown: ToolShown, hasFailed: boolean, colours: Colours): readonly string[] => {
  const { parts = [], exit } = shown;
  const isFromEnd = hasFailed || (exit !== undefined && exit.code !== 0);
  // A result that has words of its own says them better than the tool's own form of it.
  const output = shown.output ?? (parts.length === 0 ? rawOutputText(shown.rawOutput) : null);
  const hasOutput = output !== null;
  return [
    ...(output === null ? [] : outputLines(output, colours, isFromEnd)),
    ...parts.flatMap((part) => (part.type === 'terminal' && hasOutput ? [] : partLines(part, colours))),
    ...(exit === undefined || exit.code === 0 ? [] : [colours.dim(exitLine(exit))]),
  ];
};

const exitLine = ({ code, signal }: NonNullable<ToolShown['exit']>): string =>
  signal === null ? `exit ${code ?? 'unknown'}` : `ended by ${sanitiseLine(signal)}`;

/** A part by its name, and the first lines of what it says. */
export const partLines = (part: ContentPart, colours: Colours): readonly string[] => {
  const text = part.type === 'text' || part.type === 'resource' ? part.text : undefined;
  const name = colours.cyan(`▫ ${truncate(sanitiseLine(partName(part)), maxLineColumns)}`);
  return [...(part.type === 'text' ? [] : [name]), ...(text === undefined ? [] : outputLines(text, colours))];
};

/** Where in the files a call is, as far as `known` does not say it already. */
export const placeLines = (
  locations: Payload<'tool_call'>['locations'],
  known: { readonly title: string; readonly folder: string | null },
  colours: Colours,
): readonly string[] => {
  const places = (locations ?? []).flatMap(({ path, line }) => {
    const place = `${sanitiseLine(pathFrom(known.folder, path))}${line === undefined ? '' : `:${line}`}`;
    return known.title.includes(place) ? [] : [place];
  });
  const shown = [...new Set(places)].slice(0, maxPlaces);
  const more = places.length > maxPlaces ? [colours.dim(`… ${counted(places.length - maxPlaces, 'more place')}`)] : [];
  return [...shown.map((place) => colours.dim(truncate(place, maxLineColumns))), ...more];
};

export const outputLines = (output: StoredText, colours: Colours, isFromEnd = false): readonly string[] => {
  const text = withoutLeadingNewlines(sanitise(output.text).trimEnd());
  if (text === '') return [];
  const all = text.split('\n');
  const some = isFromEnd ? all.slice(-maxResultLines) : all.slice(0, maxResultLines);
  const shown = some.map((line) => colours.dim(truncate(asSaid(line, true), maxLineColumns)));
  const rest = all.length - some.length;
  if (rest > 0 && isFromEnd) shown.unshift(colours.dim(`… ${counted(rest, 'line')} before`));
  if (rest > 0 && !isFromEnd) shown.push(colours.dim(`… ${counted(rest, 'more line')}`));
  if (output.truncated !== undefined) {
    shown.push(colours.dim(`… ${output.truncated.bytes} bytes in all; the log keeps the beginning and the end`));
  }
  return shown;
};

/** A changed file with what was taken out and put in, the common beginning and end left away; of much the beginning. */
export const diffLines = (diff: Diff, colours: Colours): readonly string[] => {
  const { heading, removed, added } = changesOf(diff, colours);
  const changed = [
    ...removed.map((line) => colours.red(`- ${truncate(sanitise(line), maxLineColumns)}`)),
    ...added.map((line) => colours.green(`+ ${truncate(sanitise(line), maxLineColumns)}`)),
  ];
  const lines = [heading, ...changed.slice(0, maxDiffLines)];
  if (changed.length > maxDiffLines)
    lines.push(colours.dim(`… ${counted(changed.length - maxDiffLines, 'more line')}`));
  return lines;
};

/** The same, whole however long: for what somebody is to decide on. */
export const wholeDiffLines = (diff: Diff, colours: Colours): readonly string[] => {
  const { heading, removed, added } = changesOf(diff, colours);
  const lines = (mark: string, all: readonly string[]): readonly string[] =>
    all.flatMap((line) => visibly(line).split('\n')).map((line) => `${mark} ${line}`);
  return [heading, ...lines('-', removed).map(colours.red), ...lines('+', added).map(colours.green)];
};

type Changes = { readonly heading: string; readonly removed: readonly string[]; readonly added: readonly string[] };

const changesOf = (diff: Diff, colours: Colours): Changes => {
  const [before, after] = [linesOf(diff.oldText?.text ?? ''), linesOf(diff.newText.text)];
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const shortest = Math.min(before.length, after.length) - start;
  while (end < shortest && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const removed = before.slice(start, before.length - end);
  const added = after.slice(start, after.length - end);
  const size = isChange(diff) ? `+${added.length} −${removed.length}` : 'as it was';
  return { heading: `${sanitiseLine(diff.path)} ${colours.dim(size)}`, removed, added };
};

/** A path as it is seen from a folder, if it is in it. */
export const pathFrom = (folder: string | null, path: string): string =>
  folder !== null && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;

/** Whether an edit left anything different. */
const isChange = (diff: Diff): boolean => diff.oldText?.text !== diff.newText.text;

const checkboxByStatus: Readonly<Record<string, string>> = { completed: '☑', in_progress: '◐' };

/** A plan as a checklist. */
export const planLines = (plan: Payload<'plan'>, colours: Colours): readonly string[] =>
  plan.entries.map((entry) => {
    const line = `${checkboxByStatus[entry.status] ?? '☐'} ${truncate(sanitiseLine(entry.content), maxLineColumns)}`;
    return entry.status === 'completed' ? colours.dim(line) : line;
  });

/** How a request was answered, by whom, and where it is known by which of its options. */
export const resolutionLine = (
  { outcome, by, optionId, answers, always }: Payload<'approval_resolved'>,
  colours: Colours,
  options: readonly ApprovalOption[],
): string => {
  const byWhom = { person: 'by you', policy: 'by the policy', runtime: 'by the runtime' }[by];
  const isYes = outcome === 'allowed' || outcome === 'answered';
  const option = options.find((offered) => offered.optionId === optionId);
  const said = answers === undefined ? (option?.name ?? optionId) : inputText(answers).text;
  // Of an option without a kind only its name says what was answered.
  const isNamed = outcome === 'answered' || (option !== undefined && !hasKinds([option]));
  const answer = isNamed && said !== undefined ? ` ${truncate(sanitiseLine(said), maxLineColumns)}` : '';
  const forAlways = always ? ' for always' : '';
  return `${isYes ? colours.green('✓') : colours.yellow('■')} ${outcome}${forAlways}${answer} ${colours.dim(byWhom)}`;
};

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/u, '').split('\n'));
