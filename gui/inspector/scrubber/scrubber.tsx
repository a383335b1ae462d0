import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { Step } from '../../../actors/protocol/gateway/inspection.ts';
import { Button } from '../../components/button.tsx';
import { eventTypeName } from '../../state/event-type-names.ts';
import type { RunTrack } from '../model/run-track.ts';
import { stateNames } from '../model/state-words.ts';
import { createTrackScale, type TrackScale } from '../model/track-scale.ts';
import { useInspector } from '../state/inspector-context.ts';
import { RunChooser } from './run-chooser.tsx';
import { ScrubberTrack } from './scrubber-track.tsx';
import { TimesList } from './times-list.tsx';

/** How near the pointer has to be to a mark, to mean it. */
const snapFraction = 0.004;

const markWords = { error: 'error', approval: 'approval', interrupt: 'interrupt', end: 'end of the run' } as const;

/** The run as a line: its states, its marks, and the place that is looked at. */
export const Scrubber = () => {
  const { state, axis, isPlaying } = useInspector();
  const known = state.track.value;
  const place = state.place.value;
  const shown = state.shown.value;
  const track = known?.track ?? null;
  const last = track?.lastSeq() ?? 0;
  const scale = useMemo(
    () => (track === null ? null : createTrackScale(axis.value, momentsOf(track), lastMoment(track))),
    [known, last, axis.value],
  );
  const seq = place?.seq ?? 0;
  return (
    <section class="scrubber" aria-label="Time travel">
      <div class="scrubber-line">
        <div class="scrubber-buttons">
          <Button look="bare" icon="back" label="One event back (←)" onClick={() => state.step(-1)} />
          <Button
            look="bare"
            icon={isPlaying.value ? 'pause' : 'play'}
            label={isPlaying.value ? 'Pause (Space)' : 'Play the changes of state (Space)'}
            onClick={() => {
              isPlaying.value = !isPlaying.value;
            }}
          />
          <Button look="bare" icon="back" class="turned" label="One event on (→)" onClick={() => state.step(1)} />
        </div>
        {scale === null || known === null ? (
          <div class="track" aria-busy="true" />
        ) : (
          <Track known={known} scale={scale} seq={seq} last={last} text={valueText(seq, last, shown?.step, track)} />
        )}
        <p class="scrubber-place numbers">
          {seq.toLocaleString()}
          <span class="quiet"> / {last.toLocaleString()}</span>
        </p>
      </div>
      <div class="scrubber-foot">
        <RunChooser />
        <TimesList />
        <Button
          look="bare"
          class="axis-button"
          title="What the line is divided by"
          onClick={() => {
            axis.value = axis.peek() === 'events' ? 'time' : 'events';
          }}
        >
          By {axis.value}
        </Button>
      </div>
    </section>
  );
};

type TrackProps = {
  readonly known: { readonly track: RunTrack };
  readonly scale: TrackScale;
  readonly seq: number;
  readonly last: number;
  readonly text: string;
};

const Track = ({ known, scale, seq, last, text }: TrackProps) => {
  const { state } = useInspector();
  const element = useRef<HTMLDivElement>(null);
  const hovered = useSignal<number | null>(null);
  const run = known.track.run;

  const fractionAt = (event: PointerEvent): number => {
    const frame = element.current?.getBoundingClientRect();
    return frame === undefined ? 0 : (event.clientX - frame.left) / Math.max(1, frame.width);
  };
  const seqAt = (event: PointerEvent): number => {
    const fraction = fractionAt(event);
    const pointed = scale.seqAt(fraction);
    const near = [known.track.nextMark(pointed - 1), known.track.previousMark(pointed + 1)].find(
      (mark) => mark !== null && Math.abs(scale.fractionOf(mark.seq) - fraction) < snapFraction,
    );
    return near?.seq ?? pointed;
  };
  const hover = hovered.value;
  return (
    <div
      ref={element}
      id="scrubber"
      class="track"
      role="slider"
      tabIndex={0}
      aria-label={`Event of run ${run}`}
      aria-orientation="horizontal"
      aria-valuemin={Math.min(1, last)}
      aria-valuemax={last}
      aria-valuenow={seq}
      aria-valuetext={text}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus();
        state.goTo({ run, seq: seqAt(event) });
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        const pointed = seqAt(event);
        hovered.value = pointed;
        if (event.currentTarget.hasPointerCapture(event.pointerId)) state.goTo({ run, seq: pointed });
      }}
      onPointerLeave={() => {
        hovered.value = null;
      }}
    >
      <ScrubberTrack known={known} scale={scale} />
      <span class="track-handle" style={{ left: percent(scale.fractionOf(seq)) }} />
      {hover !== null && (
        <span class="track-hint numbers" style={{ left: percent(scale.fractionOf(hover)) }} aria-hidden="true">
          {hintText(hover, known.track)}
        </span>
      )}
    </div>
  );
};

const percent = (fraction: number): string => `${fraction * 100}%`;

const hintText = (seq: number, track: RunTrack): string => {
  const mark = track.nextMark(seq - 1);
  const states = stateNames(track.stayAt(seq)?.states ?? []);
  return `${seq.toLocaleString()} · ${mark?.seq === seq ? markWords[mark.kind] : states}`;
};

const valueText = (seq: number, last: number, step: Step | undefined, track: RunTrack | null): string => {
  const place = `Event ${seq} of ${last}`;
  if (step?.event.seq === seq) return `${place}: ${eventTypeName(step.event.type)}, ${stateNames(step.to)}`;
  return `${place}, ${stateNames(track?.stayAt(seq)?.states ?? [])}`;
};

const momentsOf = ({ stays, marks }: RunTrack) => [...stays.map(({ seq, at }) => ({ seq, at })), ...marks];

/** The last event's own time is not always known; then the last that is stands for it. */
const lastMoment = (track: RunTrack) => ({
  seq: track.lastSeq(),
  at: Math.max(track.stays.at(-1)?.at ?? 0, track.marks.at(-1)?.at ?? 0),
});
