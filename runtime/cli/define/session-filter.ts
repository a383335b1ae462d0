import { type Command, InvalidArgumentError } from 'commander';
import { type DashboardStatus, dashboardStatuses } from '../../../actors/protocol/facts/status.ts';

/** Adds the options by which several sessions are meant at once. */
export const withSessionFilter = (command: Command): Command =>
  command
    .option(
      '--status <status>',
      `sessions of this status: ${dashboardStatuses.join(', ')}; may be given again`,
      eachStatus,
    )
    .option('--repo <dir>', 'sessions of this repository, by its folder or its name')
    .option('--agent <name>', 'sessions of this agent')
    .option('--older <time>', 'sessions in which nothing has happened for so long: 90m, 12h, 2d, 3w', readAge)
    .option('--restored', 'sessions that were at work when the runtime ended')
    .option('--archived', 'sessions that were archived');

const eachStatus = (text: string, before: readonly DashboardStatus[] = []): readonly DashboardStatus[] => {
  const status = dashboardStatuses.find((word) => word.toLowerCase() === text.toLowerCase());
  if (status === undefined) throw new InvalidArgumentError(`it is one of ${dashboardStatuses.join(', ')}.`);
  return [...before, status];
};

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A length of time, in milliseconds. */
const readAge = (text: string): number => {
  const [, number, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const ms = unitMs[unit];
  if (number === undefined || ms === undefined) throw new InvalidArgumentError('write 90m, 12h, 2d or 3w.');
  return Number(number) * ms;
};
