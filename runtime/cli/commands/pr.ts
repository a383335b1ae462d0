import { counted } from '../../../actors/protocol/facts/counted.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { Feedback, PullRequestAnswer } from '../../../actors/protocol/gateway/origin-routes.ts';
import { resolveSession } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { wrap } from '../text/wrap.ts';

export type PrOptions = {
  readonly title?: string;
  readonly body?: string;
  readonly draft?: boolean;
  readonly remote?: string;
  readonly dryRun?: boolean;
  readonly status?: boolean;
  readonly send?: boolean;
};

/** `pr`: makes a pull request of a session's branch, shows how it stands, or gives its agent what is said there. */
export const pr = async (invocation: Invocation, given: string, options: PrOptions): Promise<ExitCode> => {
  const { terminal, json, directory, suggest } = invocation;
  const { title, body, remote, draft } = options;
  if ((options.send || options.status || options.dryRun) && (title ?? body ?? remote ?? draft) !== undefined) {
    throw new ThroughlineError('input.invalid', '--title, --body, --draft and --remote are for a new pull request');
  }
  const { id, shortId } = await resolveSession(invocation, given);
  const client = await ensureRuntime(directory, { script: thisProgram() });
  const parameters = { id };
  if (options.send) {
    const sent = await client.call('sendPullRequest', { parameters, body: { feedback: null } });
    if (json) await terminal.writeJson(sent);
    else {
      const mark = terminal.colours.green('✓');
      await terminal.writeLine(`${mark} ${counted(sent.feedback, 'thing')} said of it sent as run ${sent.run}.`);
      await terminal.writeLine(terminal.colours.dim(`Watch it:  ${suggest('history', shortId, '--follow')}`));
    }
    return exitCodes.done;
  }
  const asks = options.status === true || options.dryRun === true;
  const words = { ...(title === undefined ? {} : { title }), ...(body === undefined ? {} : { body }) };
  const answer = asks
    ? await client.call('pullRequest', { parameters })
    : await client.call('openPullRequest', {
        parameters,
        body: { ...words, draft: draft === true, ...(remote === undefined ? {} : { remote }) },
      });
  if (json) {
    await terminal.writeJson(answer);
    return exitCodes.done;
  }
  const lines = options.dryRun ? draftLines(answer, terminal.columns) : requestLines(answer, terminal.columns);
  for (const line of lines) await terminal.writeLine(line);
  const next = answer.feedback.length > 0 ? suggest('pr', shortId, '--send') : null;
  if (next !== null) await terminal.writeLine(terminal.colours.dim(`Send it to the agent:  ${next}`));
  return exitCodes.done;
};

const draftLines = ({ draft, repository }: PullRequestAnswer, columns: number): readonly string[] =>
  [
    `${sanitiseLine(draft.head)} into ${sanitiseLine(draft.base ?? 'the default branch')} of ${sanitiseLine(repository)}. Nothing is made.`,
    '',
    sanitiseLine(draft.title),
    '',
    ...draft.body.split('\n').map(sanitiseLine),
  ].flatMap((line) => wrap(line, columns));

const requestLines = (answer: PullRequestAnswer, columns: number): readonly string[] => {
  const { pullRequest, feedback, feedbackLeftOut } = answer;
  if (pullRequest === null) return ['There is no pull request of its branch yet.'];
  const { passed, failed, pending } = pullRequest.checks;
  const checks = [
    ...(failed > 0 ? [`✗ ${failed} failed`] : []),
    ...(passed > 0 ? [`✓ ${passed} passed`] : []),
    ...(pending > 0 ? [`● ${pending} running`] : []),
  ];
  const review = pullRequest.review === null ? [] : [sanitiseLine(pullRequest.review).replaceAll('_', ' ')];
  return [
    truncate(`#${pullRequest.number}  ${pullRequest.state}  ${sanitiseLine(pullRequest.title)}`, columns),
    sanitiseLine(pullRequest.url),
    ...(checks.length + review.length === 0 ? [] : [[...checks, ...review].join('  ')]),
    ...feedback.map((each) => truncate(feedbackLine(each), columns)),
    ...(feedbackLeftOut === 0 ? [] : [`and ${feedbackLeftOut} more`]),
  ];
};

const feedbackLine = ({ kind, from, text, path, line }: Feedback): string => {
  const where = path === null ? '' : ` ${path}${line === null ? '' : `:${line}`}`;
  return `  ${kind === 'check' ? '✗' : '▲'} ${sanitiseLine(`${from}${where}`)}  ${sanitiseLine(text)}`;
};
