import { compactAge } from '../../../actors/model/dashboard/age.ts';
import { withChoices } from '../../../actors/model/run/chosen-option.ts';
import { workNotes } from '../../../actors/model/work/work-notes.ts';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { endingOf } from '../../../actors/protocol/facts/run-ending.ts';
import type { SessionDetail } from '../../../actors/protocol/gateway/dashboard.ts';
import { findRuntime } from '../../client/find-runtime.ts';
import { approvalIdLength } from '../choose/find-approval.ts';
import { resolveSession, withQueries } from '../connect/queries.ts';
import { sessionChanges } from '../connect/session-changes.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { answerLines, optionText } from '../render/answer-lines.ts';
import { askedLines } from '../render/asked-lines.ts';
import { valueText } from '../render/option-lines.ts';
import { activityWords, statusMark } from '../render/status-mark.ts';
import { table } from '../render/table.ts';
import { sanitiseLine } from '../text/sanitise.ts';

/** `show`: one session with its runs and the approvals that wait. */
export const show = async (invocation: Invocation, given: string): Promise<ExitCode> => {
  const { id, shortId } = await resolveSession(invocation, given);
  const detail = await withQueries(invocation, (queries) => queries.session(id));
  if (invocation.json) await invocation.terminal.writeJson(detail);
  else {
    const client = await findRuntime(invocation.directory);
    const changes = client === null ? null : await sessionChanges(client, id);
    await invocation.terminal.write(description(invocation, detail, { shortId, changes }));
  }
  return exitCodes.done;
};

const description = (
  invocation: Invocation,
  detail: SessionDetail,
  { shortId, changes }: { readonly shortId: string; readonly changes: string | null },
): string => {
  const { colours } = invocation.terminal;
  const now = Date.now();
  const { path, branch, base } = detail.worktree;
  const activity = activityWords(detail, now);
  const { word, line } = endingOf(detail);
  const facts: readonly (readonly [string, string | null])[] = [
    ['status', statusMark(detail.status, colours, word, detail.live) + (activity === '' ? '' : `  ${activity}`)],
    ['reason', line],
    ['hint', detail.recoveryHint],
    ['agent', detail.agent + (detail.mode === null ? '' : ` (mode ${detail.mode})`)],
    ['asks', detail.asks === false ? 'this agent does not ask before it acts' : null],
    ['options', chosenOptions(detail)],
    ['repository', detail.repository],
    ['worktree', path],
    ['branch', branch === null || base === null ? branch : `${branch} from ${base}`],
    ['changes', changes],
    ['work', workNotes(detail.work).join(' · ') || null],
    ['left running', leftRunning(invocation, detail, shortId)],
    ['approvals', detail.approvalPolicy],
    ['created', `${new Date(detail.createdAt).toISOString()} (${compactAge(detail.createdAt, now)})`],
    ['last event', `${new Date(detail.lastActivityAt).toISOString()} (${compactAge(detail.lastActivityAt, now)})`],
    ['tokens', tokens(detail)],
    ['id', detail.id],
  ];
  const known = facts.flatMap(([key, value]) =>
    // The mark of the status is our own and coloured; everything else may come from an agent or a repository.
    value === null ? [] : [[colours.dim(key), key === 'status' ? value : sanitiseLine(value)]],
  );
  return [
    `${colours.bold(sanitiseLine(detail.name))}\n`,
    table(known),
    runs(invocation, detail),
    approvals(invocation, detail, shortId),
  ].join('');
};

const leftRunning = ({ suggest }: Invocation, detail: SessionDetail, shortId: string): string | null =>
  detail.leftRunning === 0
    ? null
    : `${detail.leftRunning === 1 ? 'one process' : `${detail.leftRunning} processes`} of an interrupted turn; end with ${suggest('end-left', shortId)}`;
/** What is chosen now of what can be; the mode stands beside the agent. */
const chosenOptions = ({ options, choices }: SessionDetail): string | null =>
  withChoices(options, choices)
    .flatMap(({ id, category, value }) => (value === null || category === 'mode' ? [] : [`${id} ${valueText(value)}`]))
    .join(', ') || null;

const tokens = ({ usage }: SessionDetail): string | null => {
  if (usage.used === null) return null;
  const cost = usage.cost === null ? '' : `, ${usage.cost.amount} ${usage.cost.currency}`;
  return `${usage.used}${usage.size === null ? '' : ` of ${usage.size}`} in context${cost}`;
};

const runs = ({ terminal: { colours } }: Invocation, detail: SessionDetail): string => {
  if (detail.runs.length === 0) return '';
  const rows = detail.runs.map((run) => [
    run.run === 0 ? '  session' : `  run ${run.run}`,
    run.outcome ?? (run.runId === detail.activeRunId ? 'under way' : ''),
    colours.dim(counted(run.events, 'event')),
  ]);
  return `${colours.dim('runs')}\n${table(rows)}`;
};

const approvals = (invocation: Invocation, detail: SessionDetail, session: string): string => {
  const { colours } = invocation.terminal;
  const idLength = approvalIdLength(detail.approvals.map(({ approvalId }) => approvalId));
  const asked = detail.approvals.map((request) => {
    const approval = request.approvalId.slice(0, idLength);
    const [question = '', ...lines] = askedLines(request, colours, detail.worktree.path ?? detail.repository);
    const options = request.options.map((option) => `${sanitiseLine(option.optionId)} (${optionText(option)})`);
    return [
      `${question}\n`,
      ...[...lines, ...answerLines(request, { session, approval }, invocation)].map((line) => `    ${line}\n`),
      ...(options.length === 0 ? [] : [colours.dim(`    options: ${options.join(', ')}\n`)]),
    ].join('');
  });
  return asked.join('');
};
