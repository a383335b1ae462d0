import { classes } from '../components/classes.ts';
import { currentRoute, formatRoute } from '../route.ts';
import { Dashboard } from './dashboard.tsx';
import { SearchPage } from './search-page.tsx';
import { SessionPane } from './session-pane.tsx';
import { TopBar } from './top-bar.tsx';

/** The list, and beside it (or over it, in a narrow window) the session that is open. */
export const Shell = () => {
  const route = currentRoute();
  return (
    <div class={classes('shell', route.kind === 'session' && 'shell-with-session')}>
      <TopBar />
      {route.kind === 'search' ? (
        <main class="panes">
          <SearchPage terms={route.terms} />
        </main>
      ) : (
        <main class="panes">
          <Dashboard />
          {route.kind === 'session' && <SessionPane id={route.id} key={formatRoute(route)} />}
        </main>
      )}
    </div>
  );
};
