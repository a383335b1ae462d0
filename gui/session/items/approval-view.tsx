import { Icon } from '../../components/icon.tsx';
import type { ApprovalItem } from '../model/item.ts';
import { approvalState } from '../state/liveness.ts';
import { useSession } from '../state/session-context.ts';
import { shortLine } from '../text/visible.ts';
import { ApprovalRequest } from './approval-request.tsx';

/** A request for approval: answered here while it can be, and afterwards a line that says how it was. */
export const ApprovalView = ({ item }: { readonly item: ApprovalItem }) => {
  const { id, live, row } = useSession();
  // Not a computed: that would see the item it was first drawn with.
  if (approvalState(item, live.value) === 'open') {
    return <ApprovalRequest asked={item} sessionId={id} row={row.value} />;
  }
  return (
    <p class={`line approval-${item.resolution?.outcome ?? 'expired'}`}>
      <Icon name={item.resolution?.outcome === 'allowed' ? 'check' : 'close'} />
      <span>
        <strong>{wordOf(item)}</strong> {shortLine(item.title, maxTitleCharacters)}
      </span>
    </p>
  );
};

const maxTitleCharacters = 400;

const wordOf = (item: ApprovalItem): string => {
  const { resolution } = item;
  if (resolution === null || resolution.outcome === 'expired') return 'Expired:';
  const by = resolution.by === 'policy' ? ' by policy' : resolution.by === 'runtime' ? ' by the runtime' : ' by you';
  const words: Readonly<Record<string, string>> = { allowed: 'Allowed', denied: 'Denied', cancelled: 'Cancelled' };
  return `${words[resolution.outcome] ?? shortLine(resolution.outcome, 40)}${by}:`;
};
