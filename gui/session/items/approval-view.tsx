import { useSignal } from '@preact/signals';
import type { ApprovalOption } from '../../../actors/protocol/events.ts';
import { call } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { showError } from '../../components/toast.tsx';
import { inputText } from '../model/input-text.ts';
import type { ApprovalItem, Item, ToolItem } from '../model/item.ts';
import { approvalState } from '../state/liveness.ts';
import { shortLine } from '../text/visible.ts';
import { useSession } from '../view/session-context.ts';
import { ItemDiffs } from './item-diffs.tsx';
import { Output } from './output.tsx';

/** A request for approval: answered here while it can be, and afterwards a line that says how it was. */
export const ApprovalView = ({ item }: { readonly item: ApprovalItem }) => {
  const { live, state: session } = useSession();
  // Not a computed: that would see the item it was first drawn with.
  const state = approvalState(item, live.value);
  const title = shortLine(item.title, 400);
  if (state !== 'open') {
    return (
      <p class={`line approval-${item.resolution?.outcome ?? 'expired'}`}>
        <Icon name={item.resolution?.outcome === 'allowed' ? 'check' : 'close'} />
        <span>
          <strong>{wordOf(item)}</strong> {title}
        </span>
      </p>
    );
  }
  // What is asked for is told with the request, or else with the tool call that it is about.
  const call =
    item.input === undefined && item.diffs.length === 0 ? toolOf(session.timeline.peek()?.items, item) : null;
  const [input, diffs] = [item.input ?? call?.input, item.diffs.length > 0 ? item.diffs : (call?.diffs ?? [])];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of texts, not of fields
    <div class="approval" role="group" aria-label={`Approval: ${title}`}>
      <p class="approval-head">
        <Icon name="attention" />
        <strong>Waits for your approval</strong>
      </p>
      <p class="approval-title">{title}</p>
      <ItemDiffs diffs={diffs} />
      {input !== undefined && diffs.length === 0 && (
        <Output output={{ text: inputText(input).slice(0, maxInputCharacters) }} label="What is asked for" />
      )}
      <Answers item={item} />
    </div>
  );
};

const maxInputCharacters = 8000;

const toolOf = (items: readonly Item[] | undefined, { run, toolCallId }: ApprovalItem): ToolItem | null => {
  const found = items?.findLast((item) => item.kind === 'tool' && item.run === run && item.toolCallId === toolCallId);
  return found?.kind === 'tool' ? found : null;
};

const Answers = ({ item }: { readonly item: ApprovalItem }) => {
  const { id } = useSession();
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

const wordOf = (item: ApprovalItem): string => {
  const { resolution } = item;
  if (resolution === null || resolution.outcome === 'expired') return 'Expired:';
  const by = resolution.by === 'policy' ? ' by policy' : resolution.by === 'runtime' ? ' by the runtime' : ' by you';
  const words: Readonly<Record<string, string>> = { allowed: 'Allowed', denied: 'Denied', cancelled: 'Cancelled' };
  return `${words[resolution.outcome] ?? shortLine(resolution.outcome, 40)}${by}:`;
};
