import { useComputed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { useWindow } from '../../shell/window-scope.ts';
import { useSession } from '../state/session-context.ts';
import { type QueueCalls, queueCalls } from './queue-calls.ts';
import { createQueueState, type QueueState } from './queue-state.ts';

/** The prompts that wait in the session that is open, as new as its row and its ledger. */
export const useQueue = (): { readonly queue: QueueState; readonly call: QueueCalls } => {
  const { connection, store, toasts } = useWindow();
  const { id, row, state } = useSession();
  const call = useMemo(() => queueCalls(connection.callOf), [connection]);
  const queue = useMemo(() => createQueueState({ call, id, onError: toasts.showError }), [call, id, toasts]);
  useEffect(() => queue.close, [queue]);

  const seen = useComputed(() => {
    if (store.isStale.value || row.value === null) return null;
    const { work, status, runCount, restored } = row.value;
    const waits = work.queuedPrompts > 0 || queue.prompts.value.length > 0;
    return waits ? [work.queuedPrompts, status, runCount, restored, state.lastLedgerSeq.value].join() : null;
  }).value;
  useEffect(() => {
    if (seen !== null) queue.refresh();
  }, [queue, seen]);

  return { queue, call };
};
