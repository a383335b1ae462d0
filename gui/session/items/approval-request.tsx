import { useSignal } from '@preact/signals';
import type { ApprovalOption } from '../../../actors/protocol/facts/events.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { showError } from '../../components/toast.tsx';
import { call } from '../../connection/api.ts';
import { inputText } from '../model/input-text.ts';
import type { ApprovalItem, ToolItem } from '../model/item.ts';
import { shortLine } from '../text/visible.ts';
import { ItemDiffs } from './item-diffs.tsx';
import { Output } from './output.tsx';

type ApprovalRequestProps = {
  readonly item: ApprovalItem;
  /** The call it is about, where that is known: an agent may have said there what it is going to do. */
  readonly tool: ToolItem | null;
  readonly sessionId: string;
  readonly row: DashboardRow | null;
};

/** What an agent asks for, whole, and the answers to choose from: in the timeline, and wherever else it can be answered. */
export const ApprovalRequest = ({ item, tool, sessionId, row }: ApprovalRequestProps) => {
  const title = shortLine(item.title, maxTitleCharacters);
  const isTold = item.input !== undefined || item.diffs.length > 0;
  const { input, diffs } = isTold || tool === null ? item : tool;
  const asked = input === undefined || diffs.length > 0 ? '' : inputText(input).trim();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of texts, not of fields
    <div class="approval" role="group" aria-label={`Approval: ${title}`}>
      <p class="approval-head">
        <Icon name="attention" />
        <strong>Waits for your approval</strong>
      </p>
      {asked !== item.title.trim() && <p class="approval-title">{title}</p>}
      <ItemDiffs diffs={diffs} row={row} />
      {asked !== '' && <Output output={{ text: asked.slice(0, maxInputCharacters) }} label="What is asked for" />}
      <Answers item={item} sessionId={sessionId} />
    </div>
  );
};

const maxTitleCharacters = 400;
const maxInputCharacters = 8000;

const Answers = ({ item, sessionId: id }: { readonly item: ApprovalItem; readonly sessionId: string }) => {
  const chosen = useSignal<string | null>(null);
  const answer = async (option: ApprovalOption): Promise<void> => {
    chosen.value = option.optionId;
    try {
      const decision = option.kind.startsWith('allow') ? 'allow' : 'deny';
      const parameters = { id, approvalId: item.approvalId };
      await call('decide', { parameters, body: { decision, optionId: option.optionId } });
    } catch (error) {
      chosen.value = null;
      showError(error);
    }
  };
  const options = item.options.length > 0 ? item.options : [{ optionId: '', name: 'Deny', kind: 'reject_once' }];
  return (
    <div class="approval-options">
      {options.map((option) => (
        <Button
          key={option.optionId}
          look={option.kind === 'allow_once' ? 'primary' : 'quiet'}
          busy={chosen.value === option.optionId}
          disabled={chosen.value !== null}
          onClick={() => void answer(option)}
        >
          {shortLine(option.name, 80)}
        </Button>
      ))}
    </div>
  );
};
