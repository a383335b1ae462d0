import { useWindow } from '../../shell/window-scope.ts';
import { LateView } from './late-view.tsx';

export type ReviewPaneProps = { readonly id: string; readonly range: string | null };

/** What a session changed, in the place of the list: lines need the room. */
export const ReviewPane = ({ id, range }: ReviewPaneProps) => (
  <section class="session-pane" aria-label="Review of a session" tabIndex={-1}>
    <LateView of={useWindow().lateViews.review} props={{ id, range }} />
  </section>
);
