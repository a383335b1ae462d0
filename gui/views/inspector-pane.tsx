import { lazyView } from '../components/lazy-view.tsx';
import type { EventAddress } from '../route.ts';
import { ConnectionBanner } from './connection-banner.tsx';

const InspectorView = lazyView(() => import('../inspector/inspector-view.tsx').then((file) => file.InspectorView));

export type InspectorPaneProps = { readonly id: string; readonly at: EventAddress | null };

/** The machine of a session, in the place of the list: a picture needs the room. */
export const InspectorPane = ({ id, at }: InspectorPaneProps) => (
  <section class="session-pane" aria-label="Inspector of a session">
    <ConnectionBanner />
    <InspectorView id={id} at={at} />
  </section>
);
