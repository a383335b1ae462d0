import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { timeOfDay } from '../../state/time.ts';

/** Says that what is shown is old, or why nothing is; says nothing while all is well. */
export const ConnectionBanner = () => {
  const { store, retryConnection } = useWindow();
  const { connection, dashboard, readOnly } = store;
  const state = connection.value;
  return (
    <div role="status" class="banner-place">
      {state.kind === 'reconnecting' && (
        <div class="banner">
          <Icon name="warning" />
          <p>
            <strong>Runtime gone, reconnecting…</strong> What you see is from{' '}
            <span class="numbers">{timeOfDay(state.heardAt)}</span>.
          </p>
          <Button look="bare" onClick={retryConnection}>
            Try now
          </Button>
        </div>
      )}
      {state.kind === 'live' && readOnly.value !== null && (
        <div class="banner banner-bad">
          <Icon name="warning" />
          <p>
            <strong>The database is damaged, so nothing can be started or changed.</strong> {readOnly.value.message}.
            What can be read is shown; nothing was changed. In a terminal, <code>throughline doctor</code> says more,
            and <code>throughline doctor --repair</code> saves what can be saved.
          </p>
        </div>
      )}
      {state.kind === 'refused' && (
        <div class="banner banner-bad">
          <Icon name="warning" />
          <p>
            <strong>The runtime does not let this window in{dashboard.value === null ? '' : ' any more'}.</strong>{' '}
            {dashboard.value !== null && 'What you see is old. '}Run <code>throughline</code> in a terminal: it opens
            the window with a new way in.
          </p>
          <Button look="bare" onClick={retryConnection}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
};
