import { holdsForAlways } from '../../../actors/protocol/asked/meant-option.ts';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { Client } from '../../client/client.ts';
import { notPending } from '../choose/find-approval.ts';
import type { Asked, Said } from '../choose/request-answers.ts';
import { sanitiseLine } from '../text/sanitise.ts';

type Sent = { readonly say: string; readonly facts: { readonly approvalId: string } };

/** Answers this request and no other. Raises `approval.not_pending`, naming those that wait now, when it waits no more. */
export const sendAnswer = async (client: Client, id: string, approval: Asked, said: Said): Promise<Sent> => {
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

const verbOf = ({ question }: Asked, { decision, option }: Said): string => {
  if (decision === 'cancel') return 'Cancelled';
  if (decision === 'deny' || option?.kind.startsWith('reject')) return question === undefined ? 'Denied' : 'Declined';
  return question === undefined ? 'Allowed' : 'Answered';
};
