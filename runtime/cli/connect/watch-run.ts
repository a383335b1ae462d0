import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { FailureKind, HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import { isTerminal, type TerminalStatus } from '../../../actors/protocol/facts/status.ts';
import type { Client } from '../../client/client.ts';
import { knownFact } from '../render/known-fact.ts';
import { sanitiseLine } from '../text/sanitise.ts';

export type RunOutcome =
  | {
      readonly kind: 'ended';
      readonly status: TerminalStatus;
      readonly reason: string | null;
      readonly stopReason: string | null;
      readonly failureKind: FailureKind | null;
    }
  | { readonly kind: 'detached' };

export type WatchOptions = {
  readonly client: Client;
  readonly session: string;
  /** The position before the run began: nothing of it is missed. */
  readonly from: number;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** How long a runtime may be away before it is given up. */
  readonly patienceMs?: number;
  /** The ordinal of the run whose end is waited for. */
  readonly run: number;
  readonly onEvent: (event: HistoryEvent) => Promise<void>;
};

/**
 * Hands over a session's events until the terminal status of one run.
 * Raises `runtime.unreachable` when the runtime ended under it: also when another came up meanwhile, because the run
 * is then restored and goes on only when somebody resumes it.
 */
export const watchRun = async ({ client, run, onEvent, ...tail }: WatchOptions): Promise<RunOutcome> => {
  let connections = 0;
  let failureKind: FailureKind | null = null;
  for await (const message of client.tail(tail)) {
    if (message.kind === 'caught_up') {
      connections += 1;
      if (connections > 1) await refuseIfRestored(client, tail.session);
      continue;
    }
    const { event } = message;
    await onEvent(event);
    const fact = event.run === run ? knownFact(event) : null;
    if (fact?.type === 'error') failureKind = fact.payload.kind ?? null;
    if (fact?.type === 'status' && isTerminal(fact.payload.status)) {
      const { status, reason = null, stopReason = null } = fact.payload;
      return { kind: 'ended', status, reason, stopReason, failureKind: status === 'failed' ? failureKind : null };
    }
  }
  return { kind: 'detached' };
};

const refuseIfRestored = async (client: Client, session: string): Promise<void> => {
  const serving = await client.again();
  const detail = await serving?.session({ parameters: { id: session } });
  if (detail?.restored !== true) return;
  const hint = `\`throughline resume ${session}\` takes it up again`;
  throw new ThroughlineError(
    'runtime.unreachable',
    `the runtime ended while "${sanitiseLine(detail.name)}" was at work; the session is restored`,
    { hint },
  );
};
