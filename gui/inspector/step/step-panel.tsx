import { durationText } from '../../../actors/model/dashboard/duration.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { shortLine } from '../../session/text/visible.ts';
import { eventTypeName } from '../../state/event-type-names.ts';
import { sentencesOf } from '../../state/sentence.ts';
import { fullTime } from '../../state/time.ts';
import { stateNames, stateTone } from '../model/state-words.ts';
import type { ShownStep } from '../model/step-book.ts';
import { useInspector } from '../state/inspector-context.ts';
import { StepDetails } from './step-details.tsx';

/** The step at the place that is looked at. */
export const StepPanel = () => {
  const { state } = useInspector();
  const shown = state.shown.value;
  const problem = state.stepFailure.value;
  return (
    <div class="step" aria-busy={state.isBehind.value}>
      {problem !== null && (
        <div class="step-problem" role="alert">
          <p>{sentencesOf(problem)}</p>
          <Button onClick={state.retry}>Try again</Button>
        </div>
      )}
      {shown === null ? (
        !state.isBehind.value && <p class="quiet">Nothing has happened in this run yet.</p>
      ) : (
        <>
          <StepHead shown={shown} />
          <StepDetails shown={shown} />
        </>
      )}
    </div>
  );
};

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});

const StepHead = ({ shown: { step } }: { readonly shown: ShownStep }) => {
  const { event, from, to } = step;
  return (
    <header class="step-head">
      <h2>
        {shortLine(eventTypeName(event.type), 60)} <code class="step-type">{shortLine(event.type, 80)}</code>
      </h2>
      <p class="step-facts numbers">
        <time dateTime={new Date(event.occurredAt).toISOString()} title={fullTime(event.occurredAt)}>
          {clock.format(event.occurredAt)}
        </time>
        <span title="Run and place in it">
          {event.run}:{event.seq}
        </span>
        <span title="Position in the log">#{event.position.toLocaleString()}</span>
      </p>
      <p class="step-states">
        {from.join() !== to.join() && (
          <>
            <StateName ids={from} />
            <Icon name="back" class="turned" />
          </>
        )}
        <StateName ids={to} />
        <Stayed seq={event.seq} at={event.occurredAt} isChange={from.join() !== to.join()} />
      </p>
    </header>
  );
};

const StateName = ({ ids }: { readonly ids: readonly string[] }) => (
  <span class="state-word">
    <span class={`tone-dot tone-${stateTone(ids)}`} aria-hidden="true" />
    {shortLine(stateNames(ids), 80)}
  </span>
);

/** For how long it has been there, and how long it stays. */
const Stayed = ({ seq, at, isChange }: { readonly seq: number; readonly at: number; readonly isChange: boolean }) => {
  const { state } = useInspector();
  const track = state.track.value?.track;
  const stay = track?.stayAt(seq);
  if (track === undefined || !stay) return null;
  const left = track.leftAt(seq);
  const whole = left === null ? null : durationText(left.at - stay.at);
  return (
    <span class="quiet numbers">
      {isChange
        ? whole === null
          ? 'where it still is'
          : `for ${whole}`
        : `for ${durationText(at - stay.at)}${whole === null ? '' : ` of ${whole}`}`}
    </span>
  );
};
