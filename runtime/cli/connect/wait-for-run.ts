import { isLeftToPerson } from '../../../actors/protocol/asked/meant-option.ts';
import { isCutShort } from '../../../actors/protocol/facts/run-ending.ts';
import { dashboardStatus, failureReasonLine } from '../../../actors/protocol/facts/status.ts';
import type { ApprovalPolicy } from '../../../actors/protocol/gateway/api.ts';
import type { Client } from '../../client/client.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { answerLines } from '../render/answer-lines.ts';
import { createTimeline } from '../render/timeline.ts';
import { createInlineAnswers, isAskedInline } from './inline-answers.ts';
import { sessionChanges } from './session-changes.ts';
import { watchRun } from './watch-run.ts';

export type AwaitedRun = {
  readonly id: string;
  readonly shortId: string;
  readonly run: number;
  /** Where the agent works, as far as it is known yet. */
  readonly folder: string | null;
  readonly approvals: ApprovalPolicy;
  /** The position before the run began: nothing of it is missed. */
  readonly after: number;
};

/**
 * `--wait`: shows a run as it happens and gives the exit code of its outcome. Ctrl-C ends the watching only.
 */
export const waitForRun = async (invocation: Invocation, client: Client, awaited: AwaitedRun): Promise<ExitCode> => {
  const { terminal, json, suggest } = invocation;
  const timeline = createTimeline({
    colours: terminal.colours,
    folder: awaited.folder,
    separators: false,
    // A policy answers by itself, faster than anybody could.
    answers: (asked) => {
      if (!isLeftToPerson(asked, awaited.approvals)) return null;
      if (isAskedInline(invocation, asked)) return [];
      return answerLines(asked, { session: awaited.shortId, approval: asked.approvalId }, invocation);
    },
  });
  const answering = createInlineAnswers(invocation, {
    client,
    id: awaited.id,
    isAsked: (asked) => isLeftToPerson(asked, awaited.approvals),
  });
  const detaching = new AbortController();
  const detach = (): void => detaching.abort();
  process.once('SIGINT', detach);
  try {
    const outcome = await watchRun({
      client,
      session: awaited.id,
      run: awaited.run,
      from: awaited.after,
      signal: detaching.signal,
      onEvent: async (event) => {
        await (json ? terminal.writeJson(event) : terminal.write(timeline.show(event)));
        answering.shown(event);
      },
    });
    await answering.end();
    await terminal.write(timeline.end());
    if (outcome.kind === 'detached') {
      const watch = suggest('history', awaited.shortId, '--follow');
      const interrupt = suggest('interrupt', awaited.shortId);
      terminal.stderr.write(`\nThe session goes on. Watch it: ${watch}\n                 Stop it: ${interrupt}\n`);
      return exitCodes.detached;
    }
    const { reason, stopReason, failureKind } = outcome;
    const status = dashboardStatus(outcome.status);
    const changes = json ? null : await sessionChanges(client, awaited.id);
    if (changes !== null) await terminal.writeLine(terminal.colours.dim(changes));
    if (json) {
      const failureReason = status === 'Failed' && reason !== null ? failureReasonLine(reason) : null;
      await terminal.writeJson({ type: 'outcome', id: awaited.id, status, failureReason, failureKind, stopReason });
    }
    if (status !== 'Completed') return exitCodes.failed;
    return isCutShort({ status, stopReason }) ? exitCodes.cutShort : exitCodes.done;
  } catch (thrown) {
    await terminal.write(timeline.end());
    throw thrown;
  } finally {
    await answering.end();
    process.removeListener('SIGINT', detach);
  }
};
