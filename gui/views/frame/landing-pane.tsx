import type { Route } from '../../shell/route.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { useLatePart } from './late-view.tsx';
import { LostPart } from './lost-part.tsx';

/** What lands, in the place of the list: of one session, or of all that wait for it. */
export const LandingPane = ({ route }: { readonly route: Extract<Route, { kind: 'land' | 'landings' }> }) => {
  const late = useLatePart(useWindow().lateViews.landing);
  return (
    <section class="session-pane" aria-label="Landing" aria-busy={late.kind !== 'loaded'}>
      {late.kind === 'failed' && <LostPart />}
      {late.kind === 'loaded' &&
        (route.kind === 'land' ? <late.part.LandingView id={route.id} key={route.id} /> : <late.part.QueueView />)}
    </section>
  );
};
