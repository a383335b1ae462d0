import { memo } from 'preact/compat';
import type { RunTrack } from '../model/run-track.ts';
import { type StateTone, stateTone } from '../model/state-words.ts';
import type { TrackScale } from '../model/track-scale.ts';

const width = 10_000;
const height = 24;

type TrackProps = { readonly known: { readonly track: RunTrack }; readonly scale: TrackScale };

/**
 * The states of a run as spans and its marks as lines: one path for each colour, so that a run of a hundred thousand
 * events is a handful of elements. Drawn anew only when more of the run is known.
 */
export const ScrubberTrack = memo(({ known: { track }, scale }: TrackProps) => (
  <svg class="track-picture" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
    {[...spansByTone(track, scale)].map(([tone, path]) => (
      <path key={tone} class={`span tone-${tone}`} d={path} />
    ))}
    {[...marksByKind(track, scale)].map(([kind, path]) => (
      <path key={kind} class={`mark-line mark-${kind}`} d={path} vector-effect="non-scaling-stroke" />
    ))}
  </svg>
));

const spansByTone = (track: RunTrack, scale: TrackScale): ReadonlyMap<StateTone, string> => {
  const paths = new Map<StateTone, string>();
  const { stays } = track;
  const known =
    track.upTo() < track.lastSeq() ? Math.round(scale.fractionOf(Math.max(1, track.upTo())) * width) : width;
  for (const [index, stay] of stays.entries()) {
    const next = stays[index + 1];
    const from = Math.round(scale.fractionOf(Math.max(1, stay.seq)) * width);
    const to = next === undefined ? known : Math.round(scale.fractionOf(next.seq) * width);
    if (to <= from) continue;
    const tone = stateTone(stay.states);
    paths.set(tone, `${paths.get(tone) ?? ''}M${from} 8H${to}V${height}H${from}z`);
  }
  return paths;
};

/** A kind has its place as well as its colour. */
const reach = { error: 'v24', approval: 'v12', interrupt: 'v16', end: 'v24' } as const;

const marksByKind = ({ marks }: RunTrack, scale: TrackScale): ReadonlyMap<string, string> => {
  const paths = new Map<string, string>();
  for (const { seq, kind } of marks) {
    const at = Math.round(scale.fractionOf(seq) * width);
    paths.set(kind, `${paths.get(kind) ?? ''}M${at} 0${reach[kind]}`);
  }
  return paths;
};
