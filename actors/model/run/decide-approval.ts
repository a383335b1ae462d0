/**
 * What an answer to a request is, as the fact to log for it: a person's or a policy's. Pure, like the decisions about a
 * run. A question is answered by a person or not at all.
 */
import { checkedAnswers } from '../../protocol/asked/answer-form.ts';
import {
  hasKinds,
  holdsForAlways,
  isLeftToPerson,
  meantOption,
  policyOption,
} from '../../protocol/asked/meant-option.ts';
import { ThroughlineError } from '../../protocol/facts/error.ts';
import type { ApprovalOption, Payload } from '../../protocol/facts/events.ts';

/** What of a request its answer depends on. */
export type Request = Pick<Payload<'approval_requested'>, 'approvalId' | 'options' | 'question'>;

export type Resolution = Payload<'approval_resolved'>;

/** What a person says to a request. */
export type PersonsAnswer = {
  /** `cancel` takes no side: the agent hears that nobody answers. */
  readonly decision: 'allow' | 'deny' | 'cancel';
  /** Null leaves the choice of an option to us: one for once, or there has to be chosen. */
  readonly optionId: string | null;
  /** What was filled into the form of a question. */
  readonly answers: unknown;
};

/** Raises `input.invalid` for an option that was not offered, answers that do not fit, and what needs a choice. */
export const personDecides = (request: Request, { decision, optionId, answers }: PersonsAnswer): Resolution => {
  const { options, question } = request;
  const resolved = (outcome: Resolution['outcome'], option: ApprovalOption | null = null): Resolution =>
    resolution(request, outcome, option, 'person');
  if (decision === 'cancel') return resolved('cancelled');
  if (decision === 'allow' && question?.form !== undefined) {
    const filledIn = checkedAnswers(question.form, answers ?? {});
    const meant = meantOption(options, 'allow');
    return { ...resolved('answered', meant.kind === 'option' ? meant.option : null), answers: filledIn };
  }
  if (decision === 'allow' && answers !== undefined && answers !== null)
    throw invalid('this is no form to be filled in');
  if (optionId !== null) {
    const option = options.find((offered) => offered.optionId === optionId);
    if (option === undefined) throw invalid(`the agent did not offer the option ${optionId}`, offers(options));
    // Of a form the options only say that it is filled in, or is not.
    const isAnswer = question !== undefined && question.form === undefined;
    return resolved(isAnswer ? 'answered' : outcomeOf(option, decision), option);
  }
  if (decision === 'deny') {
    const meant = meantOption(options, 'deny');
    return resolved('denied', meant.kind === 'option' ? meant.option : null);
  }
  if (question?.url !== undefined) return resolved('answered');
  if (question !== undefined) throw invalid('this is a question: choose one of its answers', offers(options));
  const meant = meantOption(options, 'allow');
  if (meant.kind === 'option') return resolved('allowed', meant.option);
  if (meant.kind === 'choose') throw invalid('the agent offers no single way to allow this once', offers(options));
  throw invalid('the agent offered no option that allows this', 'deny it, or interrupt the session');
};

/** What a policy says by itself; null where it is left to a person: a question, and what a policy cannot read. */
export const policyDecides = (request: Request, policy: 'ask' | 'allow' | 'deny'): Resolution | null => {
  if (policy === 'ask' || isLeftToPerson(request, policy)) return null;
  const meant = policyOption(request.options, policy);
  const option = meant.kind === 'option' ? meant.option : null;
  // What the agent will hear, and nothing else: without an option that allows, it hears that nobody answered.
  const outcome = policy === 'deny' ? 'denied' : option === null ? 'cancelled' : 'allowed';
  return resolution(request, outcome, option, 'policy');
};

const resolution = (
  { approvalId }: Request,
  outcome: Resolution['outcome'],
  option: ApprovalOption | null,
  by: Resolution['by'],
): Resolution => ({
  approvalId,
  outcome,
  ...(option === null ? {} : { optionId: option.optionId }),
  ...(option !== null && holdsForAlways(option) ? { always: true } : {}),
  by,
});

/** An option says itself what it does; one without a kind is what the person says. */
const outcomeOf = (option: ApprovalOption, decision: 'allow' | 'deny'): 'allowed' | 'denied' => {
  if (!hasKinds([option])) return decision === 'allow' ? 'allowed' : 'denied';
  return option.kind.startsWith('allow') ? 'allowed' : 'denied';
};

const offers = (options: readonly ApprovalOption[]): string =>
  options.length === 0
    ? 'it offered none: deny it, or cancel it'
    : `it offered ${options.map(({ optionId, name }) => `${optionId} (${name})`).join(', ')}`;

const invalid = (message: string, hint?: string): ThroughlineError =>
  new ThroughlineError('input.invalid', message, hint === undefined ? {} : { hint });
