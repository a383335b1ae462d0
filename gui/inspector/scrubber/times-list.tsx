import { durationText } from '../../../actors/model/dashboard/duration.ts';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { shortLine } from '../../session/text/visible.ts';
import { stateName, stateTone } from '../model/state-words.ts';
import { useInspector } from '../state/inspector-context.ts';

/** The time the run has spent in each state, up to the place that is looked at. */
export const TimesList = () => {
  const { state } = useInspector();
  const track = state.track.value?.track ?? null;
  const place = state.place.value;
  const event = state.shown.value?.step.event;
  if (track === null || place === null) return null;
  const at = event?.seq === place.seq ? event.occurredAt : (track.stayAt(place.seq)?.at ?? 0);
  const times = place.seq > track.upTo() ? [] : track.timesAt(place.seq, at);
  return (
    <ul class="times" aria-label="Time in each state so far">
      {times.map(({ state: id, ms, stays }) => (
        <li key={id} title={counted(stays, 'time entered', 'times entered')}>
          <span class={`tone-dot tone-${stateTone([id])}`} aria-hidden="true" />
          {shortLine(stateName(id), 40)} <span class="numbers quiet">{durationText(ms)}</span>
        </li>
      ))}
    </ul>
  );
};
