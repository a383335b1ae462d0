import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { Icon } from '../../components/icon.tsx';
import { type Asked, whatIsAsked } from '../model/what-is-asked.ts';
import { shortLine } from '../text/visible.ts';
import { Answers } from './answers.tsx';
import { AskedBody, maxTitleCharacters, sentenceOf } from './asked-body.tsx';

type ApprovalRequestProps = {
  readonly asked: Asked;
  readonly sessionId: string;
  readonly row: DashboardRow | null;
};

/**
 * What an agent asks for and the answers to choose from: in the timeline, and wherever else it can be answered. It is
 * there whole, however long: what is long is folded at first, and says how much is.
 */
export const ApprovalRequest = ({ asked, sessionId, row }: ApprovalRequestProps) => {
  const what = whatIsAsked(asked);
  const sentence = sentenceOf(asked, what);
  const name = `${what.kind === 'question' ? 'Question' : 'Approval'}: ${shortLine(asked.title, maxTitleCharacters)}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of texts, not of fields
    <div class={`approval approval-of-${what.kind}`} role="group" aria-label={name}>
      <p class="approval-head">
        <Icon name={what.kind === 'question' ? 'help' : what.kind === 'nothing' ? 'warning' : 'attention'} />
        <strong>{sentence}</strong>
        {asked.subagent !== null && <span class="quiet">{shortLine(asked.subagent, 120)}</span>}
      </p>
      <AskedBody asked={asked} what={what} row={row} />
      <Answers asked={asked} what={what} sessionId={sessionId} />
    </div>
  );
};
