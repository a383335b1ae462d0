import type { ExitCode } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { count } from '../render/timeline-parts.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { steer } from './steer.ts';

export type PushOptions = { readonly remote?: string; readonly landed?: boolean };

const outcomes = {
  made: 'is new there',
  moved: 'moved on there',
  up_to_date: 'has it already',
} as const;

/** `push`: sends the branch of a session to a remote. */
export const push = (invocation: Invocation, given: string, { remote, landed }: PushOptions): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id, shortId }) => {
    const body = { landed: landed === true, ...(remote === undefined ? {} : { remote }) };
    const pushed = await client.call('push', { parameters: { id }, body });
    const { dim } = invocation.terminal.colours;
    const { uncommitted, hookSkipped } = pushed;
    const lines = [
      `✓ ${sanitiseLine(pushed.branch)} ${outcomes[pushed.outcome]}: ${sanitiseLine(pushed.remote)} has ${pushed.commit.slice(0, 7)}`,
      ...(uncommitted === 0 ? [] : [`▲ ${count(uncommitted, 'file')} not committed, and so not pushed`]),
      ...(hookSkipped ? ['▲ The repository has a pre-push hook, which did not run'] : []),
      ...(landed ? [] : [dim(`A pull request: ${invocation.suggest('pr', shortId)}`)]),
    ];
    return { say: lines.join('\n'), facts: pushed };
  });
