/** What an agent asks approval for, whole and however long, as lines for a terminal without their indent. */

import type { StoredText } from '../../../actors/protocol/facts/events.ts';
import { inputText, keptBytes } from '../../../actors/protocol/facts/input-text.ts';
import type { PendingApproval } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Colours } from '../invocation/terminal.ts';
import { visibly } from '../text/sanitise.ts';
import { pathFrom, wholeDiffLines } from './timeline-parts.ts';

export type AskedFor = Pick<PendingApproval, 'title' | 'input' | 'diffs' | 'text'>;

/**
 * The question in one line, and below it its input, its edits and its words, with a bar before what the agent wrote.
 * Paths are shown from `folder`, where the agent works.
 */
export const askedLines = (asked: AskedFor, colours: Colours, folder: string | null): readonly string[] => {
  const { title, input, diffs = [], text } = asked;
  const question = visibly(title).replace(/\s+/gu, ' ').trim();
  // A title that says all of it is said once; one that loses its lines by standing in one is said again below.
  const told = input === undefined ? { text: title } : inputText(input);
  return [
    `${colours.yellow('? approval')}  ${question}`,
    ...(told.text === question ? [] : saidLines(told, colours)),
    ...diffs.flatMap((diff) => [
      ...wholeDiffLines({ ...diff, path: pathFrom(folder, diff.path) }, colours),
      ...[diff.oldText, diff.newText].flatMap((side) => (side === null ? [] : notKept(side, colours))),
    ]),
    ...(text === undefined ? [] : saidLines(text, colours)),
  ];
};

const saidLines = (said: StoredText, colours: Colours): readonly string[] => [
  ...visibly(said.text)
    .split('\n')
    .map((line) => `${colours.dim('│')} ${line}`.trimEnd()),
  ...notKept(said, colours),
];

/** Says of a text that the log had to bound that nobody can see all of it. */
const notKept = ({ text, truncated }: StoredText, colours: Colours): readonly string[] => {
  if (truncated === undefined) return [];
  const kept = keptBytes(text, truncated.bytes).toLocaleString('en');
  const sent = truncated.bytes.toLocaleString('en');
  return [colours.red(`! the agent sent ${sent} bytes; only ${kept} are kept: what is left out cannot be seen here`)];
};
