/** Doing the same to several sessions, one after another in the order of the list; what one refuses stops no other. */
import { asThroughlineError, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Client } from '../../client/client.ts';
import { findSession } from '../choose/find-session.ts';
import { filterSessions, isFilter, type SessionFilter } from '../choose/session-filter.ts';
import { shortIds } from '../choose/short-id.ts';
import { type ResolvedSession, readDashboard } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { errorLine } from '../invocation/report-error.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';

type Refused = { readonly id: string; readonly code: string; readonly message: string };
type Outcomes = { readonly done: readonly string[]; readonly refused: readonly Refused[] };

/** Which sessions are meant: those that are named, else those of the filter for which the command is of any use. */
type Several = {
  readonly given: readonly string[];
  readonly filter: SessionFilter;
  /** Whether a session that nobody named is one to do it to. */
  readonly isMeant: (row: DashboardRow) => boolean;
};

type Chosen = { readonly sessions: readonly ResolvedSession[]; readonly refused: readonly Refused[] };

/**
 * The sessions that are meant, in the order of the list, each once; a name that means none, or more than one, is refused
 * by itself. Those that are named have to fit the filter as well.
 */
export const chooseSeveral = async (invocation: Invocation, { given, filter, isMeant }: Several): Promise<Chosen> => {
  const { rows } = await readDashboard(invocation);
  const refused: Refused[] = [];
  const named = new Set<string>();
  for (const word of given) {
    try {
      named.add(findSession(rows, word).id);
    } catch (thrown) {
      refused.push(refusalOf(word, thrown));
    }
  }
  const { workingDirectory } = invocation;
  const chosen = filterSessions(rows, filter, { nowMs: Date.now(), workingDirectory }).filter((row) =>
    given.length > 0 ? named.has(row.id) : isMeant(row),
  );
  const shortId = shortIds(rows);
  return { sessions: chosen.map((row) => ({ row, id: row.id, shortId: shortId(row.id) })), refused };
};

/** Whether a command is said of several sessions: by more than one name, or by a filter. */
export const isOfSeveral = (given: readonly string[], filter: SessionFilter): boolean =>
  given.length > 1 || isFilter(filter);

/** Does it to each, and says what was done and what was refused. `act` gives null for a session that it left alone. */
export const steerSeveral = async (
  invocation: Invocation,
  { sessions, refused: unknown }: Chosen,
  act: (client: Client, session: ResolvedSession) => Promise<{ readonly say: string } | null>,
): Promise<ExitCode> => {
  const { terminal, json, directory } = invocation;
  const done: string[] = [];
  const refused: Refused[] = [];
  for (const each of unknown) {
    refused.push(each);
    terminal.stderr.write(`throughline: ${sanitiseLine(each.message)}\n`);
  }
  if (sessions.length > 0) {
    const client = await ensureRuntime(directory, { script: thisProgram() });
    for (const session of sessions) {
      try {
        const outcome = await act(client, session);
        if (outcome === null) continue;
        done.push(session.id);
        if (!json) for (const line of wrap(outcome.say, terminal.columns)) await terminal.writeLine(line);
      } catch (thrown) {
        const error = asThroughlineError(thrown);
        // Without a runtime there is nobody to do the rest.
        if (error.code === 'runtime.unreachable') throw error;
        refused.push(refusalOf(session.id, error));
        terminal.stderr.write(`${sanitiseLine(session.row.name)}: ${errorLine(error)}\n`);
      }
    }
  }
  if (json) await terminal.writeJson({ done, refused } satisfies Outcomes);
  else if (done.length + refused.length === 0) await terminal.writeLine('There was no session to do it to.');
  return refused.length > 0 ? exitCodes.refused : exitCodes.done;
};

const refusalOf = (id: string, thrown: unknown): Refused => {
  const { code, message } = asThroughlineError(thrown);
  return { id, code, message };
};

/** Raises `input.invalid` when nothing says which session is meant. */
export const requireNamed = (given: readonly string[], filter: SessionFilter): void => {
  if (given.length > 0 || isFilter(filter)) return;
  throw new ThroughlineError('input.invalid', 'no session was named', {
    hint: 'give its name or the beginning of its id, or say which by --status, --repo, --agent, --older or --restored',
  });
};
