import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { sentencesOf } from '../state/sentence.ts';
import { ApprovalRequest } from './items/approval-request.tsx';
import { type ApprovalItem, type Item, toolOfApproval } from './model/item.ts';
import { createTimelineModel } from './model/timeline-model.ts';
import { approvalState, liveRun } from './state/liveness.ts';
import { sourceOf } from './state/session-source.ts';

/** An agent that waits has said little since it asked: what is asked for is among its last events. */
const lastEvents = 200;

/** What one session asks for and can be answered now, told whole: nobody can decide on a title alone. */
export const OpenApprovals = ({ row }: { readonly row: DashboardRow }) => {
  const items = useSignal<readonly Item[]>([]);
  const problem = useSignal<string | null>(null);
  const isRead = useSignal(false);

  useEffect(() => {
    let isWanted = true;
    readItems(row.id)
      .then((read) => {
        if (!isWanted) return;
        items.value = read;
        isRead.value = true;
        problem.value = null;
      })
      .catch((error: unknown) => {
        if (isWanted) problem.value = sentencesOf(error);
      });
    return () => {
      isWanted = false;
    };
  }, [row.id, row.pendingApprovals, row.lastActivityAt]);

  const last = items.value.at(-1)?.run ?? 0;
  const open = items.value.filter(
    (item): item is ApprovalItem => item.kind === 'approval' && approvalState(item, liveRun(row, last)) === 'open',
  );
  return (
    <>
      {open.map((item) => (
        <ApprovalRequest
          key={item.approvalId}
          item={item}
          tool={toolOfApproval(items.value, item)}
          sessionId={row.id}
          row={row}
        />
      ))}
      {problem.value !== null && <p class="quiet">{problem.value}</p>}
      {isRead.value && open.length < row.pendingApprovals && (
        <p class="quiet">{open.length === 0 ? 'Open the session to answer it.' : 'There is more in the session.'}</p>
      )}
    </>
  );
};

const readItems = async (id: string): Promise<readonly Item[]> => {
  const { events } = await sourceOf(id).before('end', lastEvents);
  const model = createTimelineModel();
  model.append(events);
  return model.items();
};
