import { classes } from '../../components/classes.ts';
import { formatRoute, type Route } from '../../shell/route.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { Dashboard } from '../list/dashboard.tsx';
import { ActorsPage } from './actors-page.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { FilePane, InspectorPane } from './inspector-pane.tsx';
import { LandingPane } from './landing-pane.tsx';
import { LateView } from './late-view.tsx';
import { NewSessionPage } from './new-session-page.tsx';
import { NotificationsBanner } from './notifications-banner.tsx';
import { ReviewPane } from './review-pane.tsx';
import { SessionPane } from './session-pane.tsx';
import { TopBar } from './top-bar.tsx';

/** The list, and beside it (or over it, in a narrow window) the session that is open. */
export const Shell = () => {
  const route = useWindow().navigation.currentRoute();
  return (
    <div class={classes('shell', route.kind === 'session' && 'shell-with-session')}>
      <TopBar />
      <main class="shell-main">
        <ConnectionBanner />
        <NotificationsBanner />
        <div class="panes">
          <Page route={route} />
        </div>
      </main>
    </div>
  );
};

const Page = ({ route }: { readonly route: Route }) => {
  const { lateViews } = useWindow();
  switch (route.kind) {
    case 'search':
      return <LateView of={lateViews.search} props={{ terms: route.terms }} />;
    case 'file':
      return <FilePane />;
    case 'land':
    case 'landings':
      return <LandingPane route={route} />;
    case 'inspect':
      return <InspectorPane id={route.id} at={route.at} key={route.id} />;
    case 'review':
      return <ReviewPane id={route.id} range={route.range} key={route.id} />;
    case 'actors':
      return <ActorsPage />;
    case 'dashboard':
    case 'session':
    case 'new':
      return (
        <>
          <Dashboard />
          {route.kind === 'session' && <SessionPane id={route.id} key={formatRoute(route)} />}
          {route.kind === 'new' && <NewSessionPage />}
        </>
      );
  }
};
