import { compactAge } from '../../../actors/model/dashboard/age.ts';
import { workNotes } from '../../../actors/model/work/work-notes.ts';
import { endingOf } from '../../../actors/protocol/facts/run-ending.ts';
import type { DashboardRow, DashboardSnapshot } from '../../../actors/protocol/gateway/dashboard.ts';
import { approvalIdLength } from '../choose/find-approval.ts';
import { shortIds } from '../choose/short-id.ts';
import type { Terminal } from '../invocation/terminal.ts';
import { displayWidth, truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrapped } from '../text/wrapped.ts';
import { activityWords, statusMark } from './status-mark.ts';
import { table } from './table.ts';

const maxNameColumns = 36;
const minNameColumns = 12;
const maxAgentColumns = 24;
const maxBranchColumns = 36;
const header = ['NAME', 'STATUS', 'ACTIVITY', 'AGENT', 'AGE', 'BRANCH', 'ID'];

/** What a narrow terminal goes without, one after the other; `show` has them. */
const spared = ['BRANCH', 'AGENT'];

/**
 * The dashboard as people read it: names first, and below a row quietly what happened to it. Where it would be wider than
 * the terminal, its branch and then its agent are left out, and then names and what is done are cut.
 */
export const dashboardTable = (
  { rows }: DashboardSnapshot,
  { colours, columns }: Pick<Terminal, 'colours' | 'columns'>,
  nowMs: number,
): string => {
  const shortId = shortIds(rows);
  const drawn = (without: number, nameColumns = maxNameColumns, doingColumns = Number.POSITIVE_INFINITY): string => {
    const doing = (row: DashboardRow): string => truncate(activityWords(row, nowMs), doingColumns);
    const cells = rows.flatMap((row) => [
      [
        colours.bold(truncate(sanitiseLine(row.name), nameColumns)),
        statusMark(row.status, colours, endingOf(row).word, row.live),
        row.pendingApprovals > 0 ? colours.yellow(doing(row)) : doing(row),
        truncate(sanitiseLine(row.agent), maxAgentColumns),
        colours.dim(compactAge(row.lastActivityAt, nowMs)),
        truncate(sanitiseLine(row.worktree.branch ?? ''), maxBranchColumns),
        colours.dim(shortId(row.id)),
      ],
      ...quietLines(row).flatMap((line) => wrapped(line, columns, '    ', '  ').map((each) => colours.dim(each))),
    ]);
    const whole = [header.map((word) => colours.dim(word)), ...cells];
    return table(leftOut(whole, spared.slice(0, without)));
  };
  const tooWide = (text: string): number => Math.max(...text.split('\n').map(displayWidth)) - columns;
  const longest = (texts: readonly string[]): number => Math.max(...texts.map(displayWidth));
  for (let without = 0; without <= spared.length; without += 1) {
    const text = drawn(without);
    if (tooWide(text) <= 0) return text;
  }
  const names = longest(rows.map(({ name }) => truncate(sanitiseLine(name), maxNameColumns)));
  const nameColumns = Math.max(Math.min(names, minNameColumns), names - tooWide(drawn(spared.length)));
  const text = drawn(spared.length, nameColumns);
  if (tooWide(text) <= 0) return text;
  return drawn(
    spared.length,
    nameColumns,
    Math.max(1, longest(rows.map((row) => activityWords(row, nowMs))) - tooWide(text)),
  );
};

const leftOut = (rows: readonly (readonly string[] | string)[], heads: readonly string[]) =>
  rows.map((row) => (typeof row === 'string' ? row : row.filter((_, at) => !heads.includes(header[at] ?? ''))));

/** What is said below a row: which approvals wait, why it failed or was cut short, what became of its work, how it can be recovered. */
const quietLines = (row: DashboardRow): readonly string[] => {
  const { line } = endingOf(row);
  const notes = workNotes(row.work);
  return [
    ...(row.approvalIds.length === 0 ? [] : [`? approval ${idsOf(row.approvalIds)}`]),
    ...(line === null ? [] : [`${row.failureReason === null ? '·' : '✗'} ${sanitiseLine(line)}`]),
    ...(notes.length === 0 ? [] : [`· ${sanitiseLine(notes.join(' · '))}`]),
    ...(row.recoveryHint === null ? [] : [`↻ ${sanitiseLine(row.recoveryHint)}`]),
  ];
};

const maxIdsShown = 4;

const idsOf = (ids: readonly string[]): string => {
  const length = approvalIdLength(ids);
  const shown = ids.slice(0, maxIdsShown).map((id) => id.slice(0, length));
  return shown.join(', ') + (ids.length > maxIdsShown ? ', …' : '');
};
