/** What an agent asks of a person, whole and however long, as lines for a terminal without their indent. */

import { type FormField, formFields } from '../../../actors/protocol/asked/answer-form.ts';
import { nothingSaid, saysNothing } from '../../../actors/protocol/asked/nothing-said.ts';
import { pageAddress } from '../../../actors/protocol/asked/page-address.ts';
import { type PatchLine, patchIn, patchLines } from '../../../actors/protocol/asked/patch-text.ts';
import type { StoredText } from '../../../actors/protocol/facts/events.ts';
import { commandIn, inputText, keptBytes } from '../../../actors/protocol/facts/input-text.ts';
import type { PendingApproval } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Colours } from '../invocation/terminal.ts';
import { sanitiseLine, visibly } from '../text/sanitise.ts';
import { pathFrom, wholeDiffLines } from './timeline-parts.ts';

export type AskedFor = Pick<
  PendingApproval,
  | 'title'
  | 'toolCallId'
  | 'toolName'
  | 'options'
  | 'input'
  | 'diffs'
  | 'locations'
  | 'text'
  | 'parts'
  | 'question'
  | 'subagent'
>;

/**
 * The question in one line, and below it its input, its edits and its words, with a bar before what the agent wrote.
 * Paths are shown from `folder`, where the agent works.
 */
export const askedLines = (asked: AskedFor, colours: Colours, folder: string | null): readonly string[] => {
  const { input, diffs = [], locations = [], parts = [], question, subagent, text, toolName } = asked;
  const mark = colours.yellow(question === undefined ? '? approval' : '? question');
  const title = oneLine(asked.title);
  const by = subagent === undefined ? [] : [colours.dim(`asked by its agent ${sanitiseLine(subagent)}`)];
  if (saysNothing(asked)) return [`${mark}  ${colours.red(nothingSaid)}`, ...by, ...choicesOf(asked)];
  const tool = toolName === undefined || title.includes(toolName) ? '' : `  ${colours.dim(sanitiseLine(toolName))}`;
  return [
    `${mark}  ${title}${tool}`,
    ...by,
    // Of a question that stands in its words, the input is only how the tool was told of it.
    ...(question !== undefined && text !== undefined ? [] : inputLines(asked.title, input, colours, folder)),
    ...diffs.flatMap((diff) => [
      ...wholeDiffLines({ ...diff, path: pathFrom(folder, diff.path) }, colours),
      ...[diff.oldText, diff.newText].flatMap((side) => (side === null ? [] : notKept(side, colours))),
    ]),
    ...(diffs.length > 0 ? [] : locations.map(({ path, line }) => placeLine(pathFrom(folder, path), line, colours))),
    ...(text === undefined || text.text === asked.title ? [] : saidLines(text, colours)),
    ...parts.flatMap((part) => partLines(part, colours)),
    ...choicesOf(asked),
    ...formLines(question?.form, colours),
    ...pageLines(question?.url, colours),
  ];
};

const oneLine = (text: string): string => visibly(text).replace(/\s+/gu, ' ').trim();

/** What the tool is called with: a patch as a patch, a command as a command, the rest of it below. */
const inputLines = (title: string, input: unknown, colours: Colours, folder: string | null): readonly string[] => {
  const found = patchIn(input);
  if (found !== null) {
    const rest = Object.keys(found.rest).length === 0 ? [] : inputLines(title, found.rest, colours, folder);
    return [...rest, ...patchLines(found.patch).flatMap((line) => patchLine(line, colours, folder))];
  }
  const command = commandIn(input);
  if (command !== null && typeof input === 'object') {
    const { command: _, ...rest } = { ...input } as Readonly<Record<string, unknown>>;
    const [first = '', ...more] = visibly(command).split('\n');
    const lines = [`${colours.bold('$')} ${first}`, ...more.map((line) => `  ${line}`)];
    if (Object.keys(rest).length > 0) return [...barred(lines, colours), ...saidLines(inputText(rest), colours)];
  }
  // A title that says all of it is said once; one that loses its lines by standing in one is said again below.
  const told = input === undefined ? { text: title } : inputText(input);
  return told.text === oneLine(title) ? [] : saidLines(told, colours);
};

const patchLine = ({ kind, text }: PatchLine, colours: Colours, folder: string | null): readonly string[] => {
  const shown = kind === 'file' && folder !== null ? text.replaceAll(`${folder}/`, '') : text;
  const colour = { file: colours.bold, place: colours.cyan, added: colours.green, removed: colours.red, around: same };
  return visibly(shown)
    .split('\n')
    .map((line) => colour[kind](line));
};

const same = (text: string): string => text;

const placeLine = (path: string, line: number | undefined, colours: Colours): string =>
  colours.dim(`in ${sanitiseLine(path)}${line === undefined ? '' : `:${line}`}`);

/** What it shows beside its words, by name. */
const partLines = (part: NonNullable<AskedFor['parts']>[number], colours: Colours): readonly string[] => {
  switch (part.type) {
    // These are what `text` and the output of a terminal are made of.
    case 'text':
    case 'terminal':
      return [];
    case 'image':
    case 'audio':
      return [
        colours.dim(`${part.type} ${sanitiseLine(part.mimeType ?? '')} ${part.bytes.toLocaleString('en')} bytes`),
      ];
    case 'link':
      return [colours.dim(`link ${oneLine(part.uri)}`)];
    case 'resource': {
      const { text } = part;
      return [colours.dim(`file ${oneLine(part.uri)}`), ...(text === undefined ? [] : saidLines(text, colours))];
    }
    case 'unknown':
      return [colours.dim(sanitiseLine(part.name)), ...saidLines(inputText(part.value), colours)];
  }
};

/** The answers that a question is to be given one of. */
const choicesOf = ({ question, options }: AskedFor): readonly string[] =>
  question === undefined || question.form !== undefined ? [] : options.map(({ name }) => `– ${oneLine(name)}`);

const formLines = (form: unknown, colours: Colours): readonly string[] =>
  formFields(form).flatMap((field) => {
    const { name, title, description, isNeeded } = field;
    const about = [title, description].filter((part) => part !== null && part !== name).join(': ');
    const needed = isNeeded ? 'needed' : 'can be left out';
    return [
      `${colours.bold(oneLine(name))}  ${colours.dim(`${kindOf(field)}, ${needed}`)}`,
      ...(about === '' ? [] : saidLines({ text: about }, colours)),
      ...('choices' in field ? field.choices.map((choice) => `– ${choiceText(choice)}`) : []),
    ];
  });

const choiceText = ({ value, title, description }: { value: string; title: string; description: string | null }) =>
  oneLine([value === title ? value : `${value} (${title})`, ...(description === null ? [] : [description])].join(': '));

const kindOf = (field: FormField): string => {
  switch (field.kind) {
    case 'text':
      return oneLine(['text', field.format, field.pattern].filter((part) => part !== null).join(' '));
    case 'number': {
      const bounds = [field.minimum === null ? '' : ` from ${field.minimum}`, ...upTo(field.maximum)].join('');
      return `${field.isWhole ? 'whole number' : 'number'}${bounds}`;
    }
    case 'switch':
      return 'yes or no';
    case 'choice':
      return 'one of these';
    case 'choices':
      return 'any of these';
    case 'unknown':
      return `of a kind that cannot be filled in here (${oneLine(field.type)})`;
  }
};

const upTo = (maximum: number | null): readonly string[] => (maximum === null ? [] : [` to ${maximum}`]);

/** The address whole, and whose it is: the beginning of an address may say something else. */
const pageLines = (url: string | undefined, colours: Colours): readonly string[] => {
  if (url === undefined) return [];
  const page = pageAddress(url);
  if (page === null) return [colours.red(`! not the address of a page: ${oneLine(url)}`)];
  return [
    oneLine(page.href),
    `the page is of ${colours.bold(page.host)}`,
    ...(page.isPlain ? [colours.red('! what is typed there can be read on the way: its address has no https')] : []),
  ];
};

const saidLines = (said: StoredText, colours: Colours): readonly string[] => [
  ...barred(visibly(said.text).split('\n'), colours),
  ...notKept(said, colours),
];

const barred = (lines: readonly string[], colours: Colours): readonly string[] =>
  lines.map((line) => `${colours.dim('│')} ${line}`.trimEnd());

/** Says of a text that the log had to bound that nobody can see all of it. */
const notKept = ({ text, truncated }: StoredText, colours: Colours): readonly string[] => {
  if (truncated === undefined) return [];
  const kept = keptBytes(text, truncated.bytes).toLocaleString('en');
  const sent = truncated.bytes.toLocaleString('en');
  return [colours.red(`! the agent sent ${sent} bytes; only ${kept} are kept: what is left out cannot be seen here`)];
};
