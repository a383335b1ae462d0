import type { EventAddress } from '../../shell/route.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { LateView } from './late-view.tsx';

export type InspectorPaneProps = { readonly id: string; readonly at: EventAddress | null };

/** The machine of a session, in the place of the list: a picture needs the room. */
export const InspectorPane = ({ id, at }: InspectorPaneProps) => (
  <section class="session-pane" aria-label="Inspector of a session">
    <LateView of={useWindow().lateViews.inspector} props={{ id, at }} />
  </section>
);

/** A run that was written to a file. */
export const FilePane = () => (
  <section class="session-pane" aria-label="Inspector of a file">
    <LateView of={useWindow().lateViews.file} props={{}} />
  </section>
);
