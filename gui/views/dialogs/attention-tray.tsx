import { useEffect } from 'preact/hooks';
import { Age } from '../../components/age.tsx';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { StatusChip } from '../../components/status-chip.tsx';
import { attentionWords } from '../../shell/watch-attention.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { type AttentionItem, endedWords } from '../../state/attention.ts';
import { isStill } from '../../state/dashboard-state.ts';
import { plainLine } from '../../state/plain-text.ts';

/** Whatever waits for a person, in one place; what an agent asks for is answered right here. */
export const AttentionTray = ({ onClose }: { readonly onClose: () => void }) => {
  const { actions, attentionWatch, lateViews, store } = useWindow();
  const { askForNotifications, markAllSeen, notificationPermission } = attentionWatch;
  const { attention, dashboard } = store;
  const items = attention.value;
  const { state: late, load } = lateViews.session;
  const { value: session } = late;
  useEffect(load, [load]);
  const restored = items.filter((item) => item.kind === 'restored').map(({ row }) => row);
  const canBeSeen = items.some((item) => item.kind !== 'approval');
  return (
    <Dialog title="Waiting for you" onClose={onClose} class="tray">
      {dashboard.value !== null && items.length === 0 && (
        <div class="tray-empty">
          <p>Nothing waits for you.</p>
          <p class="quiet">Sessions that ask for an approval, or that end while you look elsewhere, appear here.</p>
        </div>
      )}
      <ul class="tray-list">
        {items.map((item, index) => (
          <li key={item.row.id} class="tray-entry">
            <button
              type="button"
              class="tray-item"
              autofocus={index === 0}
              onClick={() => {
                onClose();
                actions.openSession(item.row.id);
              }}
            >
              <span class="tray-name one-line">{plainLine(item.row.name)}</span>
              <Age at={item.at} class="tray-age numbers" />
              <span class="tray-what">
                <StatusChip status={item.row.status} still={isStill(item.row)} />
                <span class="one-line">{wordsOf(item)}</span>
              </span>
            </button>
            {item.kind === 'restored' && (
              <div class="tray-all">
                <Button icon="play" tellsRuntime onClick={() => void actions.resumeAll([item.row])}>
                  Continue
                </Button>
              </div>
            )}
            {item.kind === 'approval' && session.kind === 'loaded' && (
              <div class="tray-approvals">
                <session.part.OpenApprovals row={item.row} />
              </div>
            )}
          </li>
        ))}
      </ul>
      {restored.length > 1 && (
        <div class="tray-all">
          <Button icon="play" tellsRuntime onClick={() => void actions.resumeAll(restored)}>
            Continue all {restored.length.toLocaleString()}
          </Button>
        </div>
      )}
      {(canBeSeen || notificationPermission.value === 'default') && (
        <footer class="tray-foot">
          {notificationPermission.value === 'default' && (
            <Button look="bare" icon="attention" onClick={() => void askForNotifications()}>
              Notify me on the desktop
            </Button>
          )}
          {canBeSeen && (
            <Button look="bare" icon="check" onClick={markAllSeen}>
              Mark as seen
            </Button>
          )}
        </footer>
      )}
    </Dialog>
  );
};

const wordsOf = ({ row, kind }: AttentionItem): string => {
  if (kind === 'approval' && row.pendingApprovals > 1) return `${row.pendingApprovals} approvals wait for you`;
  return endedWords({ row, kind }) ?? attentionWords[kind];
};
