import { setTimeout as delay } from 'node:timers/promises';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { DashboardSnapshot } from '../../../actors/protocol/gateway/dashboard.ts';
import { filterSessions, isFilter, type SessionFilter } from '../choose/session-filter.ts';
import { readDashboard } from '../connect/queries.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { dashboardTable } from '../render/dashboard-table.ts';
import { createRedrawing } from '../render/redrawing.ts';
import { readRowFormat } from '../render/row-format.ts';
import { jsonLine } from '../text/json-line.ts';

export type ListOptions = SessionFilter & {
  /** Shown again whenever something has changed. */
  readonly watch?: boolean;
  readonly wide?: boolean;
  /** The ids alone, whole. */
  readonly quiet?: boolean;
  /** A line for each session, with its fields in braces. */
  readonly format?: string;
};

type Looked = { readonly snapshot: DashboardSnapshot; readonly archived: number };

/** How often a list that is watched is looked at again. */
const lookEveryMs = 500;

/** `list`: the sessions, all or those that are asked for, in the default order. */
export const list = async (invocation: Invocation, options: ListOptions): Promise<ExitCode> => {
  if (Number(invocation.json) + Number(options.quiet === true) + Number(options.format !== undefined) > 1) {
    throw new ThroughlineError('input.invalid', '--json, --quiet and --format each say how sessions are printed', {
      hint: 'give one of them',
    });
  }
  const said = createSaid(invocation, options);
  if (options.watch !== true) {
    await invocation.terminal.write(said(await look(invocation, options)));
    return exitCodes.done;
  }
  return watch(invocation, options, said);
};

/** The sessions that are asked for, as they are now, and how many of all are in the archive. */
const look = async (invocation: Invocation, filter: SessionFilter): Promise<Looked> => {
  const { version, rows } = await readDashboard(invocation);
  const { workingDirectory } = invocation;
  // What is archived is out of the list, unless it is asked for.
  const asked = { archived: false, ...filter };
  return {
    snapshot: { version, rows: [...filterSessions(rows, asked, { nowMs: Date.now(), workingDirectory })] },
    archived: rows.filter(({ work }) => work.archived).length,
  };
};

/** How the sessions are printed: as JSON, by their ids, by the format that was given, or as a table. */
const createSaid = ({ terminal, json, suggest }: Invocation, options: ListOptions): ((looked: Looked) => string) => {
  if (json) return ({ snapshot }) => `${jsonLine(snapshot)}\n`;
  if (options.quiet) return ({ snapshot: { rows } }) => rows.map(({ id }) => `${id}\n`).join('');
  if (options.format !== undefined) {
    const lines = readRowFormat(options.format);
    return ({ snapshot: { rows } }) => lines(rows, Date.now());
  }
  const columns = options.wide ? Number.POSITIVE_INFINITY : terminal.columns;
  return ({ snapshot, archived }) => {
    if (snapshot.rows.length > 0) return dashboardTable(snapshot, { colours: terminal.colours, columns }, Date.now());
    if (isFilter(options)) return 'No session is like that.\n';
    if (archived > 0) return `Every session is archived. See them: ${suggest('list', '--archived')}\n`;
    const rehearse = `Or see it at work without an agent or a key: ${suggest('demo')}`;
    return `No sessions yet. Begin with: ${suggest('run', 'PROMPT', '--repo', 'DIR')}\n${terminal.colours.dim(rehearse)}\n`;
  };
};

/** Prints the list whenever it has changed, until Ctrl-C: at a terminal in place, else one list after another. */
const watch = async (
  invocation: Invocation,
  options: ListOptions,
  said: (looked: Looked) => string,
): Promise<ExitCode> => {
  const { terminal } = invocation;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  const redrawing = terminal.isTerminal && !invocation.json ? createRedrawing(terminal) : null;
  try {
    let before: string | null = null;
    while (!ending.signal.aborted) {
      const looked = await look(invocation, options);
      // Every event moves the version; whoever reads JSON wants to hear of what a row shows.
      const text = said({ ...looked, snapshot: { ...looked.snapshot, version: 0 } });
      if (text !== before) await (redrawing?.draw(text) ?? terminal.write(said(looked)));
      before = text;
      await delay(lookEveryMs, undefined, { signal: ending.signal }).catch(() => {});
    }
  } finally {
    await redrawing?.end();
    process.removeListener('SIGINT', end);
    process.removeListener('SIGTERM', end);
  }
  return exitCodes.done;
};
