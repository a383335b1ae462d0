/** The queue of `land`: shown, put into another order, stopped, and gone on with. */
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { QueuedLanding } from '../../../actors/protocol/gateway/landing-routes.ts';
import type { Client } from '../../client/client.ts';
import type { ResolvedSession } from '../connect/queries.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { queueLines } from '../render/landing-lines.ts';
import { sanitiseLine } from '../text/sanitise.ts';

const ended: ReadonlySet<QueuedLanding['state']> = new Set(['landed', 'withdrawn', 'undone']);

/** All that has not ended, in the order in which it lands, with what was given back. */
export const showQueue = async ({ terminal, json }: Invocation, client: Client): Promise<ExitCode> => {
  const { landings } = await client.call('landings', {});
  const open = landings.filter(({ state }) => !ended.has(state));
  const style = { colours: terminal.colours, columns: terminal.columns };
  if (json) await terminal.writeJson({ landings: open });
  else if (open.length === 0) await terminal.writeLine('Nothing is on its way.');
  else for (const line of queueLines(open, style)) await terminal.writeLine(line);
  return exitCodes.done;
};

/** What becomes of those that wait: moved before another session (null: to the end), paused, or gone on with. */
export type Arranging = { readonly before?: ResolvedSession | null; readonly paused?: boolean };

export const arrangeQueue = async (
  invocation: Invocation,
  client: Client,
  sessions: readonly ResolvedSession[],
  { before, paused }: Arranging,
): Promise<ExitCode> => {
  const { landings } = await client.call('landings', {});
  const landingOf = ({ id, row }: ResolvedSession): QueuedLanding => {
    const found = landings.find(({ session, state }) => session.id === id && !ended.has(state) && state !== 'returned');
    if (found !== undefined) return found;
    throw new ThroughlineError('landing.not_found', `${sanitiseLine(row.name)} is not in the queue`, {
      hint: 'see what is: throughline land --queue',
    });
  };
  const place = before === undefined || before === null ? before : landingOf(before).landingId;
  const body = { ...(place === undefined ? {} : { before: place }), ...(paused === undefined ? {} : { paused }) };
  for (const { landingId, session } of sessions.map(landingOf)) {
    await client.call('arrangeLanding', { parameters: { id: session.id, landingId }, body });
  }
  return showQueue(invocation, client);
};
