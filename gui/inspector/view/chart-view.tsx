import { useMemo, useRef } from 'preact/hooks';
import { drawStatechart } from '../../../actors/model/inspection/statechart/draw-statechart.ts';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { chart, lookOf } from '../model/chart.ts';
import { stateNames } from '../model/state-words.ts';
import { branchHere, useInspector } from '../state/inspector-context.ts';
import { svgTree } from './svg-tree.tsx';
import { useCamera } from './use-camera.ts';

const zoomStep = 1.3;
const panPixels = 80;

/** The machine as a picture: where it is, how it came there, and how often it went which way before. */
export const ChartView = () => {
  const scope = useInspector();
  const picture = useRef<SVGSVGElement>(null);
  const branch = branchHere(scope);
  const place = scope.state.place.value;
  const known = scope.state.track.value;
  const track = known?.track ?? null;
  const shown = scope.state.shown.value;

  const imagined = branch?.steps[branch.at]?.step ?? null;
  // A step that is on its way has its states all the same: the track knows them.
  const isAtPlace = shown?.step.event.seq === place?.seq && shown?.step.event.run === place?.run;
  const states =
    imagined?.to ?? (isAtPlace ? shown?.step.to : undefined) ?? track?.stayAt(place?.seq ?? 0)?.states ?? [];
  const taken = imagined?.taken ?? (isAtPlace ? (shown?.step.taken ?? []) : []);
  const drawing = useMemo(() => {
    const { children } = drawStatechart(chart, lookOf(states, taken, track?.countsAt(place?.seq ?? 0) ?? new Map()));
    return svgTree(children);
  }, [states.join(), taken.join(), known, place?.seq]);

  const active = chart.boxes[states[0] ?? ''] ?? null;
  const { view, zoom, pan, fit } = useCamera(picture, chart, active);

  const keys: Readonly<Record<string, () => void>> = {
    '+': () => zoom(zoomStep),
    '=': () => zoom(zoomStep),
    '-': () => zoom(1 / zoomStep),
    '0': fit,
    ArrowLeft: () => pan(-panPixels, 0),
    ArrowRight: () => pan(panPixels, 0),
    ArrowUp: () => pan(0, -panPixels),
    ArrowDown: () => pan(0, panPixels),
  };
  const { x, y, width, height } = view.value;
  return (
    <figure
      class={classes('chart', imagined !== null && 'chart-of-copy')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved and zoomed by keys
      tabIndex={0}
      aria-label="Statechart. Arrow keys move it, plus and minus zoom, 0 fits it"
      onKeyDown={(event) => {
        const run = event.target === event.currentTarget && !event.shiftKey ? keys[event.key] : undefined;
        if (run === undefined) return;
        run();
        event.preventDefault();
      }}
    >
      {imagined !== null && <figcaption class="copy-note">A copy; the session is not touched</figcaption>}
      <svg
        ref={picture}
        class="statechart"
        viewBox={`${x} ${y} ${width} ${height}`}
        role="img"
        aria-label={`The machine is in ${stateNames(states) || 'no state yet'}`}
      >
        {drawing}
      </svg>
      <div class="chart-tools">
        <Button look="bare" icon="add" label="Zoom in" onClick={() => zoom(zoomStep)} />
        <Button look="bare" icon="minus" label="Zoom out" onClick={() => zoom(1 / zoomStep)} />
        <Button look="bare" icon="fit" label="Fit the whole machine" onClick={fit} />
      </div>
    </figure>
  );
};
