/**
 * The commands that answer what an agent asks. It is shown whole before. What is answered is the one that was shown, by
 * its id: when another took its place meanwhile, that is refused with the ids of those that wait now.
 */
import { checkedAnswers, formFields, typedAnswers } from '../../../actors/protocol/asked/answer-form.ts';
import { meantOption } from '../../../actors/protocol/asked/meant-option.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { DashboardRow, PendingApproval, SessionDetail } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Client } from '../../client/client.ts';
import { findApproval, findOption } from '../choose/find-approval.ts';
import { findSession } from '../choose/find-session.ts';
import { keyQuestion, meant, requestAnswers, type Said } from '../choose/request-answers.ts';
import { isFilter, type SessionFilter } from '../choose/session-filter.ts';
import { isAskedInline } from '../connect/inline-answers.ts';
import { type ResolvedSession, readDashboard } from '../connect/queries.ts';
import { sendAnswer } from '../connect/send-answer.ts';
import { askPerson, canAsk } from '../invocation/ask-person.ts';
import type { ExitCode } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { answerLines } from '../render/answer-lines.ts';
import { askedLines } from '../render/asked-lines.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { chooseSeveral, requireNamed, steerSeveral } from './several.ts';
import { type Done, steer } from './steer.ts';

export type AnswerOptions = {
  readonly option?: string;
  readonly field?: readonly string[];
  readonly decline?: boolean;
  readonly cancel?: boolean;
};

type DecideOptions = SessionFilter & { readonly option?: string };

/**
 * `approve` and `deny`: allow what an agent asks for, once, or refuse it; `words` are sessions, each with one of its
 * requests behind it or without.
 */
export const decide = async (
  invocation: Invocation,
  decision: 'allow' | 'deny',
  words: readonly string[],
  options: DecideOptions,
): Promise<ExitCode> => {
  requireNamed(words, options);
  const { rows } = await readDashboard(invocation);
  const [first = '', second] = words;
  const isOfOne = words.length < 3 && !isFilter(options) && (second === undefined || !namesOne(rows, second));
  const saying = sayingOf(decision, options);
  if (isOfOne) {
    const isAsked = decision === 'allow' && second === undefined && options.option === undefined;
    return answering(invocation, first, second, isAsked ? askedOr(invocation, saying) : saying);
  }
  if (options.option !== undefined) {
    throw new ThroughlineError('input.invalid', 'an option is one of a single request', {
      hint: 'name one session with --option',
    });
  }
  return decideSeveral(invocation, { decision, requests: requestsNamed(rows, words), filter: options, saying });
};

/** What nobody named by its id was not seen by its person, who is asked below it where that can be. */
const askedOr =
  (invocation: Invocation, saying: Saying): Saying =>
  async (approval, commands) => {
    const isAsked = isAskedInline(invocation, approval) && approval.question === undefined;
    if (!isAsked) return saying(approval, commands);
    const said = await askWhether(invocation, approval);
    if (said === null) throw undecided('it was not answered', commands);
    return said;
  };

const sayingOf =
  (decision: 'allow' | 'deny', options: { readonly option?: string }): Saying =>
  async (approval, commands) => {
    if (options.option !== undefined) return { decision, option: findOption(approval, options.option) };
    if (decision === 'deny') return { decision, ...meant(approval, 'deny') };
    if (approval.question !== undefined) throw undecided('this is a question, which nobody answers by a yes', commands);
    const { kind } = meantOption(approval.options, 'allow');
    if (kind === 'choose') throw undecided('the agent offers no single way to allow this once: choose one', commands);
    if (kind === 'none') throw undecided('the agent offers no option that allows this', commands);
    return { decision, ...meant(approval, 'allow') };
  };

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

/**
 * The requests of several sessions, one after another, each shown whole. What was not named by its id is allowed only by
 * a person who answers after it was shown.
 */
const decideSeveral = async (
  invocation: Invocation,
  {
    decision,
    requests,
    filter,
    saying,
  }: {
    readonly decision: 'allow' | 'deny';
    readonly requests: Requests;
    readonly filter: SessionFilter;
    readonly saying: Saying;
  },
): Promise<ExitCode> => {
  const isMeant = ({ pendingApprovals }: DashboardRow): boolean => pendingApprovals > 0;
  const given = [...requests.keys()];
  let hasQuit = false;
  return steerSeveral(invocation, await chooseSeveral(invocation, { given, filter, isMeant }), answerAll);

  async function answerAll(client: Client, { id, row, shortId }: ResolvedSession): Promise<Done | null> {
    if (hasQuit) return null;
    const detail = await client.call('session', { parameters: { id } });
    const named = [...requests].filter(([word]) => word === id || namesOne([row], word)).flatMap(([, ids]) => ids);
    const approvals = named.length === 0 ? detail.approvals : named.map((each) => findApproval(detail, each));
    if (approvals.length === 0) findApproval(detail, undefined);
    const said: string[] = [];
    for (const approval of approvals) {
      const commands = answerLines(approval, { session: shortId, approval: approval.approvalId }, invocation);
      const isAsked = decision === 'allow' && named.length === 0;
      if (isAsked && (invocation.json || !canAsk(invocation.terminal))) {
        throw undecided('nobody is here to be shown it: name the request after its session', commands);
      }
      if (isAsked && approval.question !== undefined) await saying(approval, commands);
      await showAsked(invocation, detail, approval, row.name);
      const answer = isAsked ? await askWhether(invocation, approval) : await saying(approval, commands);
      if (answer === null) {
        hasQuit = true;
        break;
      }
      said.push((await sendAnswer(client, id, approval, answer)).say);
    }
    return said.length === 0 ? null : { say: said.join('\n') };
  }
};

/** What a person says of a request that stands above; null: of this and of all others nothing. */
const askWhether = async ({ terminal }: Invocation, approval: PendingApproval): Promise<Said | null> => {
  const answers = requestAnswers(approval);
  const question = keyQuestion('Allow?', [...answers, { key: 'q', words: 'quit' }], terminal.screen().columns);
  for (;;) {
    const [typed = ''] = await askPerson(terminal, [question]);
    const key = typed.trim().toLowerCase();
    if (key === 'q') return null;
    const answer = answers.find((each) => each.key === key);
    if (answer !== undefined) return answer.said;
  }
};

type Requests = ReadonlyMap<string, readonly string[]>;

/** The sessions that were named, in their order, each with the beginnings of ids of its requests that stand behind it. */
const requestsNamed = (rows: readonly DashboardRow[], words: readonly string[]): Requests => {
  const requests = new Map<string, string[]>();
  let last: string[] | undefined;
  for (const word of words) {
    if (last !== undefined && looksLikeApproval.test(word) && !namesOne(rows, word)) last.push(word);
    else {
      last = requests.get(word) ?? [];
      requests.set(word, last);
    }
  }
  return requests;
};

const looksLikeApproval = /^[\da-f]{8}-[\da-f]{4}[\da-f-]*$/i;

const namesOne = (rows: readonly DashboardRow[], word: string): boolean => {
  try {
    findSession(rows, word);
    return true;
  } catch {
    return false;
  }
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
    return sendAnswer(client, id, approval, await say(approval, commands));
  });

/** Beside an answer in JSON, which is for a program, what is asked for is for whoever reads the program's output. */
const showAsked = async (
  { terminal, json }: Invocation,
  { worktree, repository }: SessionDetail,
  approval: PendingApproval,
  of: string | null = null,
): Promise<void> => {
  const [question = '', ...asked] = askedLines(approval, terminal.colours, worktree.path ?? repository);
  const id = terminal.colours.dim(`id ${approval.approvalId}`);
  const session = of === null ? [] : [terminal.colours.bold(sanitiseLine(of))];
  const text = [...session, question, ...[...asked, id].map((line) => `    ${line}`)]
    .map((line) => `${line}\n`)
    .join('');
  if (json) terminal.stderr.write(text);
  else await terminal.write(text);
};
