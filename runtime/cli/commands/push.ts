import { counted } from '../../../actors/protocol/facts/counted.ts';
import { shortCommit } from '../../../actors/protocol/facts/short-commit.ts';
import type { ExitCode } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
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
    const { green, yellow } = invocation.terminal.colours;
    const { uncommitted, hookSkipped } = pushed;
    const lines = [
      `${green('✓')} ${sanitiseLine(pushed.branch)} ${outcomes[pushed.outcome]}: ${sanitiseLine(pushed.remote)} has ${shortCommit(pushed.commit)}`,
      ...(uncommitted === 0 ? [] : [`${yellow('▲')} ${counted(uncommitted, 'file')} not committed, and so not pushed`]),
      ...(hookSkipped ? [`${yellow('▲')} The repository has a pre-push hook, which did not run`] : []),
    ];
    const next = ['A pull request:', invocation.suggest('pr', shortId)] as const;
    return { say: lines.join('\n'), ...(landed ? {} : { next }), facts: pushed };
  });
