import type { EventAddress } from '../../shell/route.ts';
import { lazyView } from './lazy-view.tsx';

const InspectorView = lazyView(() => import('../../inspector/inspector-view.tsx').then((file) => file.InspectorView));

const FileView = lazyView(() => import('../../inspector/file-view.tsx').then((file) => file.FileView));

export type InspectorPaneProps = { readonly id: string; readonly at: EventAddress | null };

/** The machine of a session, in the place of the list: a picture needs the room. */
export const InspectorPane = ({ id, at }: InspectorPaneProps) => (
  <section class="session-pane" aria-label="Inspector of a session">
    <InspectorView id={id} at={at} />
  </section>
);

/** A run that was written to a file. */
export const FilePane = () => (
  <section class="session-pane" aria-label="Inspector of a file">
    <FileView />
  </section>
);
