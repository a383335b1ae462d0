import { render } from 'preact';
import { App } from './app.tsx';
import { openConnection } from './connection/connection.ts';
import { leadOn, viewIn } from './connection/moving.ts';
import { createNavigation } from './shell/navigation.ts';
import { createStore } from './shell/store.ts';
import { openWindow } from './shell/window-scope.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element #root');

const start = async (): Promise<void> => {
  const connection = await openConnection({
    currentView: () => ({ at: location.hash, ...store.currentView() }),
  });
  const { memory } = connection;
  window.addEventListener('pagehide', memory.saveAtLeave);
  const navigation = createNavigation();
  const store = createStore({ memory, currentRoute: navigation.currentRoute });
  const brought = viewIn(location.hash);
  if (brought !== null) {
    store.takeView(brought);
    history.replaceState(null, '', brought.at);
  }
  const scope = openWindow({
    connection,
    navigation,
    store,
    loaders: {
      session: () => import('./session/parts.ts'),
      newSession: () => import('./views/behind-the-list.ts').then(({ NewSession }) => NewSession),
      search: () => import('./views/behind-the-list.ts').then(({ SearchPage }) => SearchPage),
      inspector: () => import('./inspector/inspector-view.tsx').then(({ InspectorView }) => InspectorView),
      review: () => import('./review/review-view.tsx').then(({ ReviewView }) => ReviewView),
      file: () => import('./inspector/file-view.tsx').then(({ FileView }) => FileView),
      landing: () => import('./landing/parts.ts'),
      setupQuestion: () => import('./setup/setup-question.tsx').then(({ SetupQuestion }) => SetupQuestion),
      workDialog: () => import('./snapshots/work-dialog.tsx').then(({ WorkDialog }) => WorkDialog),
      actors: () => import('./actors/actors-view.tsx').then(({ ActorsView }) => ActorsView),
    },
  });
  render(<App scope={scope} />, root);
};

// A browser may have kept the page as it was when it was left.
window.addEventListener('pageshow', ({ persisted }) => persisted && leadOn());
if (!leadOn()) await start();
