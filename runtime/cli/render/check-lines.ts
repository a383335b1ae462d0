/** Checks as lines: how each ended, and the end of what it said where it failed. */
import type { DescribedCheck } from '../../../actors/protocol/gateway/check-routes.ts';
import type { RanCommand } from '../../../actors/protocol/gateway/work.ts';
import type { Colours } from '../invocation/terminal.ts';
import { displayWidth, truncate } from '../text/display-width.ts';
import { asSaid, sanitise, sanitiseLine, withoutTrailingNewlines } from '../text/sanitise.ts';
import { table } from './table.ts';

type Look = { readonly colours: Colours; readonly columns: number };

const tailLines = 6;

/** How a command ended, in a few words with its mark. */
export const commandMark = ({ outcome, exitCode, signal }: RanCommand, colours: Colours): string => {
  switch (outcome) {
    case null:
      return colours.blue('● running');
    case 'passed':
      return colours.green('✓ passed');
    case 'failed':
      return colours.red(`✗ failed ${exitCode === null ? `(${signal ?? 'it did not begin'})` : `(${exitCode})`}`);
    case 'timed_out':
      return colours.red('✗ took too long');
    case 'cancelled':
      return colours.yellow('■ cancelled');
    case 'lost':
      return colours.yellow('■ lost: the runtime ended');
  }
};

/** The line of one that has ended, with the last lines of what it said where it did not pass. */
export const endedLines = (command: RanCommand, { colours, columns }: Look): string => {
  const took = command.endedAt === null ? '' : `  ${colours.dim(secondsOf(command.endedAt - command.at))}`;
  const head = `${commandMark(command, colours)}  ${sanitiseLine(command.name)}${took}\n`;
  if (command.outcome === 'passed') return head;
  const said = withoutTrailingNewlines(sanitise(command.output?.text ?? ''));
  if (said === '') return head;
  const lines = said.split('\n').slice(-tailLines);
  return (
    head + lines.map((line) => colours.dim(`  ${truncate(asSaid(line, true), Math.max(20, columns - 2))}\n`)).join('')
  );
};

/** All that a command said, as far as it was kept. */
export const saidLines = ({ output }: RanCommand, colours: Colours): string => {
  const said = withoutTrailingNewlines(sanitise(output?.text ?? ''));
  if (said === '') return colours.dim('it said nothing\n');
  return `${asSaid(said, true)}\n`;
};

const times = { asked: 'when asked', after_run: 'after each run', landing: 'before landing' } as const;

/** What checks there are, when they run, and how they ended last. */
export const checkTable = (
  checks: readonly DescribedCheck[],
  ran: readonly RanCommand[],
  { colours, columns }: Look,
): string => {
  const cells = checks.map(({ name, command, when }) => {
    const last = ran.findLast((each) => each.kind === 'check' && each.name === name);
    const state = last === undefined ? colours.dim('○ not run') : commandMark(last, colours);
    const by = when.map((time) => times[time]).join(', ');
    const before = [state, truncate(sanitiseLine(name), 24), ...(columns < 80 ? [] : [by])];
    return { before, command: sanitiseLine(command) };
  });
  const widest = (column: number): number =>
    Math.max(0, ...cells.map(({ before }) => displayWidth(before[column] ?? '')));
  const taken = [0, 1, 2].reduce((sum, column) => sum + widest(column) + 2, 0);
  const room = Math.max(12, columns - taken);
  const rows = cells.map(({ before, command }) => [...before, truncate(command, room)]);
  const heads = ['  STATE', 'CHECK', ...(columns < 80 ? [] : ['RUNS']), 'COMMAND'].map((head) => colours.dim(head));
  return table([heads, ...rows]);
};

const secondsOf = (milliseconds: number): string =>
  milliseconds < 10_000 ? `${(milliseconds / 1_000).toFixed(1)} s` : `${Math.round(milliseconds / 1_000)} s`;
