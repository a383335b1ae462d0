import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { useWindow } from '../../shell/window-scope.ts';

/** Asks for the permission again that the person gave to the window of an earlier runtime. */
export const NotificationsBanner = () => {
  const { askForNotifications, doWithoutNotifications, wantsNotificationsAgain } = useWindow().attentionWatch;
  if (!wantsNotificationsAgain.value) return null;
  return (
    <section class="banner" aria-label="Notifications">
      <Icon name="attention" />
      <p>
        <strong>The runtime was started anew, so your browser asks once more</strong> whether this window may notify
        you.
      </p>
      <Button look="bare" onClick={() => void askForNotifications()}>
        Notify me
      </Button>
      <Button look="bare" onClick={doWithoutNotifications}>
        No more
      </Button>
    </section>
  );
};
