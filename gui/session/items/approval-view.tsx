import { useId } from 'preact/hooks';
import { inputText } from '../../../actors/protocol/facts/input-text.ts';
import { Icon } from '../../components/icon.tsx';
import type { ApprovalItem } from '../model/item.ts';
import { whatIsAsked } from '../model/what-is-asked.ts';
import { approvalState } from '../state/liveness.ts';
import { useSession } from '../state/session-context.ts';
import { OutwardLink } from '../text/outward-link.tsx';
import { shortLine } from '../text/visible.ts';
import { ApprovalRequest } from './approval-request.tsx';
import { AskedBody, maxTitleCharacters } from './asked-body.tsx';
import { Output } from './output.tsx';

/**
 * A request for approval: answered here while it can be, and afterwards a line that says how it was, with what was asked
 * for folded into it.
 */
export const ApprovalView = ({ item }: { readonly item: ApprovalItem }) => {
  const { id, live, row } = useSession();
  // Not a computed: that would see the item it was first drawn with.
  return approvalState(item, live.value) === 'open' ? (
    <ApprovalRequest asked={item} sessionId={id} row={row.value} />
  ) : (
    <Answered item={item} />
  );
};

const Answered = ({ item }: { readonly item: ApprovalItem }) => {
  const { folds, row } = useSession();
  const bodyId = useId();
  const fold = folds(item.key);
  const isOpen = fold.value ?? false;
  const { resolution, question } = item;
  const option = item.options.find(({ optionId }) => optionId === resolution?.optionId);
  const isWell = resolution?.outcome === 'allowed' || resolution?.outcome === 'answered';
  return (
    <>
      <button
        type="button"
        class={`line approval-line approval-${resolution?.outcome ?? 'expired'}`}
        aria-expanded={isOpen}
        aria-controls={bodyId}
        onClick={() => {
          fold.value = !isOpen;
        }}
      >
        <Icon name={isWell ? 'check' : 'close'} />
        <span>
          <strong>{wordOf(item)}</strong> {shortLine(item.title, maxTitleCharacters)}
          {item.subagent !== null && <span class="quiet"> · {shortLine(item.subagent, 80)}</span>}
          {option !== undefined && <span class="quiet"> · {shortLine(option.name, 80)}</span>}
        </span>
        <Icon name="chevron" class="fold-mark" />
      </button>
      {isOpen && (
        <div class="tool-body" id={bodyId}>
          <AskedBody asked={item} what={whatIsAsked(item)} row={row.value} />
          {question?.url !== null && question?.url !== undefined && (
            <p>
              <OutwardLink address={question.url} />
            </p>
          )}
          {question?.form !== undefined && <Output output={inputText(question.form)} label="The form" asIs />}
          {resolution?.answers !== undefined && (
            <Output output={inputText(resolution.answers)} label="The answers" asIs />
          )}
        </div>
      )}
    </>
  );
};

const wordOf = (item: ApprovalItem): string => {
  const { resolution } = item;
  if (resolution === null || resolution.outcome === 'expired') return 'Expired:';
  const by = resolution.by === 'policy' ? ' by policy' : resolution.by === 'runtime' ? ' by the runtime' : ' by you';
  const words: Readonly<Record<string, string>> = {
    allowed: 'Allowed',
    denied: item.question === null ? 'Denied' : 'Declined',
    answered: 'Answered',
    cancelled: 'Cancelled',
  };
  const always = resolution.always ? ' for always' : '';
  return `${words[resolution.outcome] ?? shortLine(resolution.outcome, 40)}${always}${by}:`;
};
