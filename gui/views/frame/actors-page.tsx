import { Button } from '../../components/button.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { LateView } from './late-view.tsx';

/** The actor system, live: reached from the palette and the window's menu. */
export const ActorsPage = () => {
  const { lateViews, navigation } = useWindow();
  return (
    <section class="actors-page" aria-label="Actors">
      <div class="actors-scroll">
        <header class="actors-head">
          <Button
            look="bare"
            icon="back"
            label="Back to the sessions (Esc)"
            onClick={() => navigation.navigate({ kind: 'dashboard' })}
          />
          <h1>Actors</h1>
          <p class="quiet">What runs in which thread now, and how events flow into the log.</p>
        </header>
        <LateView of={lateViews.actors} props={{}} />
      </div>
    </section>
  );
};
