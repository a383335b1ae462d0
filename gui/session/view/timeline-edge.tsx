import { Button } from '../../components/button.tsx';
import { useSession } from '../state/session-context.ts';

/** What happens at an edge of what is held: it is being fetched, or could not be. */
export const TimelineEdge = ({ loading }: { readonly loading: 'earlier' | 'later' | null }) => {
  const { state } = useSession();
  if (state.failure.value !== null && state.timeline.value !== null) {
    return (
      <div class="timeline-edge timeline-edge-failed" role="status">
        A part of the history could not be read.
        <Button look="bare" onClick={() => void state.loadEarlier()}>
          Try again
        </Button>
      </div>
    );
  }
  return loading === null ? null : <div class={`timeline-edge timeline-edge-${loading}`} aria-hidden="true" />;
};
