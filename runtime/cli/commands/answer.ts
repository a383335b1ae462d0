/**
 * The commands that answer what an agent asks. It is shown whole before. What is answered is the one that was shown, by
 * its id: when another took its place meanwhile, that is refused with the ids of those that wait now.
 */
import { type Answers, checkedAnswers, formFields, typedAnswers } from '../../../actors/protocol/asked/answer-form.ts';
import { holdsForAlways, meantOption } from '../../../actors/protocol/asked/meant-option.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { ApprovalOption } from '../../../actors/protocol/facts/events.ts';
import type { PendingApproval, SessionDetail } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Client } from '../../client/client.ts';
import { findApproval, findOption, notPending } from '../choose/find-approval.ts';
import { askPerson } from '../invocation/ask-person.ts';
import type { ExitCode } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { answerLines } from '../render/answer-lines.ts';
import { askedLines } from '../render/asked-lines.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { type Done, steer } from './steer.ts';

export type AnswerOptions = {
  readonly option?: string;
  readonly field?: readonly string[];
  readonly decline?: boolean;
  readonly cancel?: boolean;
};

type Decision = 'allow' | 'deny' | 'cancel';
type Said = { readonly decision: Decision; readonly option?: ApprovalOption; readonly answers?: Answers };

/** `approve` and `deny`: allow what an agent asks for, once, or refuse it. */
export const decide = (
  invocation: Invocation,
  decision: 'allow' | 'deny',
  given: string,
  approvalGiven: string | undefined,
  options: { readonly option?: string },
): Promise<ExitCode> =>
  answering(invocation, given, approvalGiven, async (approval, commands) => {
    if (options.option !== undefined) return { decision, option: findOption(approval, options.option) };
    if (decision === 'deny') return { decision, ...meant(approval, 'deny') };
    if (approval.question !== undefined) throw undecided('this is a question, which nobody answers by a yes', commands);
    const { kind } = meantOption(approval.options, 'allow');
    if (kind === 'choose') throw undecided('the agent offers no single way to allow this once: choose one', commands);
    if (kind === 'none') throw undecided('the agent offers no option that allows this', commands);
    return { decision, ...meant(approval, 'allow') };
  });

/** `answer`: answers a question, by one of its options or what is filled into its form; on a terminal it asks for that. */
export const answer = (
  invocation: Invocation,
  given: string,
  approvalGiven: string | undefined,
  options: AnswerOptions,
): Promise<ExitCode> =>
  answering(invocation, given, approvalGiven, async (approval, commands): Promise<Said> => {
    const { question } = approval;
    if (options.cancel) return { decision: 'cancel' };
    if (options.decline) return { decision: 'deny', ...meant(approval, 'deny') };
    if (options.option !== undefined) {
      const option = findOption(approval, options.option);
      return { decision: option.kind.startsWith('reject') ? 'deny' : 'allow', option };
    }
    const isAtTerminal = invocation.terminal.stdin.isTTY === true;
    if (question?.form !== undefined) {
      const typed = (options.field ?? []).map(fieldGiven);
      const asking = typed.length === 0 && isAtTerminal;
      const answers = typedAnswers(question.form, asking ? await askFields() : typed);
      // Checked before it is sent: on the way a name that would be a prototype is lost, and was typed all the same.
      return { decision: 'allow', answers: checkedAnswers(question.form, answers) };
    }
    if (options.field !== undefined) throw undecided('this is no form to be filled in', commands);
    if (question?.url !== undefined) return { decision: 'allow' };
    if (question === undefined || !isAtTerminal) throw undecided('choose one of the answers', commands);
    const [typed = ''] = await askPerson(invocation.terminal, ['Your answer: ']);
    return { decision: 'allow', option: findOption(approval, typed) };

    async function askFields(): Promise<readonly (readonly [string, string])[]> {
      const fields = formFields(question?.form).filter(({ kind }) => kind !== 'unknown');
      const texts = await askPerson(
        invocation.terminal,
        fields.map(({ name, title }) => `${sanitiseLine(title ?? name)}: `),
      );
      // What was left empty is left out.
      return fields.flatMap(({ name }, index) => (texts[index] ? [[name, texts[index]] as const] : []));
    }
  });

const meant = (approval: PendingApproval, decision: 'allow' | 'deny'): { option?: ApprovalOption } => {
  const found = meantOption(approval.options, decision);
  return found.kind === 'option' ? { option: found.option } : {};
};

const fieldGiven = (text: string): readonly [name: string, text: string] => {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new ThroughlineError('input.invalid', `"${sanitiseLine(text)}" is no answer to a field`, {
    hint: 'give it as NAME=VALUE',
  });
};

const undecided = (message: string, commands: readonly string[]): ThroughlineError =>
  new ThroughlineError('input.invalid', message, { hint: commands.join(' · ') });

type Saying = (approval: PendingApproval, commands: readonly string[]) => Promise<Said>;

const answering = (
  invocation: Invocation,
  given: string,
  approvalGiven: string | undefined,
  say: Saying,
): Promise<ExitCode> =>
  steer(invocation, given, async (client, { id, shortId }) => {
    const detail = await client.call('session', { parameters: { id } });
    const approval = findApproval(detail, approvalGiven);
    await showAsked(invocation, detail, approval);
    const commands = answerLines(approval, { session: shortId, approval: approval.approvalId }, invocation);
    return send(client, id, approval, await say(approval, commands));
  });

const send = async (client: Client, id: string, approval: PendingApproval, said: Said): Promise<Done> => {
  const { approvalId } = approval;
  const { decision, option, answers } = said;
  const body = {
    decision,
    ...(option === undefined || answers !== undefined ? {} : { optionId: option.optionId }),
    ...(answers === undefined ? {} : { answers }),
  };
  try {
    await client.call('decide', { parameters: { id, approvalId }, body });
  } catch (thrown) {
    if (!(thrown instanceof ThroughlineError) || thrown.code !== 'approval.not_pending') throw thrown;
    throw notPending(await client.call('session', { parameters: { id } }), approval, thrown);
  }
  const forAlways = option !== undefined && holdsForAlways(option) ? ' for always' : '';
  return { say: `${verbOf(approval, said)}${forAlways}: ${sanitiseLine(approval.title)}`, facts: { approvalId } };
};

const verbOf = ({ question }: PendingApproval, { decision, option }: Said): string => {
  if (decision === 'cancel') return 'Cancelled';
  if (decision === 'deny' || option?.kind.startsWith('reject')) return question === undefined ? 'Denied' : 'Declined';
  return question === undefined ? 'Allowed' : 'Answered';
};

/** Beside an answer in JSON, which is for a program, what is asked for is for whoever reads the program's output. */
const showAsked = async (
  { terminal, json }: Invocation,
  { worktree, repository }: SessionDetail,
  approval: PendingApproval,
): Promise<void> => {
  const [question = '', ...asked] = askedLines(approval, terminal.colours, worktree.path ?? repository);
  const id = terminal.colours.dim(`id ${approval.approvalId}`);
  const text = [question, ...[...asked, id].map((line) => `    ${line}`)].map((line) => `${line}\n`).join('');
  if (json) terminal.stderr.write(text);
  else await terminal.write(text);
};
