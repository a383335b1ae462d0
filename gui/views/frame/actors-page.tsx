import { Button } from '../../components/button.tsx';
import { navigate } from '../../shell/route.ts';
import { lazyView } from './lazy-view.tsx';

const ActorsView = lazyView(() => import('../../actors/actors-view.tsx').then((file) => file.ActorsView));

/** The actor system, live: reached from the palette and the window's menu. */
export const ActorsPage = () => (
  <section class="actors-page" aria-label="Actors">
    <div class="actors-scroll">
      <header class="actors-head">
        <Button
          look="bare"
          icon="back"
          label="Back to the sessions (Esc)"
          onClick={() => navigate({ kind: 'dashboard' })}
        />
        <h1>Actors</h1>
        <p class="quiet">What runs in which thread now, and how events flow into the log.</p>
      </header>
      <ActorsView />
    </div>
  </section>
);
