import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { useWindow } from '../shell/window-scope.ts';
import { sentencesOf } from '../state/sentence.ts';
import { ApprovalRequest } from './items/approval-request.tsx';
import { askedIn } from './model/create-item.ts';
import { fieldsOf } from './model/payload.ts';
import type { Asked } from './model/what-is-asked.ts';

/** What one session asks for and can be answered now, told whole: nobody can decide on a title alone. */
export const OpenApprovals = ({ row }: { readonly row: DashboardRow }) => {
  const { connection, store } = useWindow();
  const asked = useSignal<readonly Asked[]>([]);
  const problem = useSignal<string | null>(null);

  useEffect(() => {
    let isWanted = true;
    connection
      .call('session', { parameters: { id: row.id } })
      .then(({ approvals }) => {
        if (!isWanted) return;
        asked.value = approvals.map((approval) => askedIn(fieldsOf(approval)));
        problem.value = null;
      })
      .catch((error: unknown) => {
        if (isWanted) problem.value = sentencesOf(error);
      });
    return () => {
      isWanted = false;
    };
    // What could not be read while the runtime was gone is read when it is back.
  }, [connection, row.id, row.approvalIds.join(), store.isStale.value]);

  // What was answered meanwhile is gone with the row, before it is read again.
  const open = asked.value.filter(({ approvalId }) => row.approvalIds.includes(approvalId));
  return (
    <>
      {open.map((one) => (
        <ApprovalRequest key={one.approvalId} asked={one} sessionId={row.id} row={row} />
      ))}
      {problem.value !== null && <p class="quiet">{problem.value}</p>}
    </>
  );
};
