/**
 * The picture of a statechart as a tree of SVG elements: pure, so that the window, the command line and the
 * documentation draw the same. Colours come from the classes: `statechart.css.ts` for a picture that stands alone, the
 * window's theme there.
 */
import type { DrawnStatechart, DrawnTransition, Point, StateLine } from './drawn-statechart.ts';
import type { StatechartState } from './statechart.ts';

export type SvgNode = {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (SvgNode | string)[];
};

/** What of the picture is lit. Ids are those of the statechart. */
export type Look = {
  /** The states the machine is in. */
  readonly active: ReadonlySet<string>;
  /** The transitions of the step that is looked at. */
  readonly taken: ReadonlySet<string>;
  /** How often each transition was taken so far; one that is missing never was. */
  readonly counts: ReadonlyMap<string, number>;
};

const unlit: Look = { active: new Set(), taken: new Set(), counts: new Map() };

const lineHeight = 15;
const titleBaseline = 17;
const cornerRadius = 8;
const bendRadius = 6;

/** Draws a statechart. Without a look nothing is lit. */
export const drawStatechart = (chart: DrawnStatechart, look: Look = unlit): SvgNode =>
  element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${chart.width} ${chart.height}`,
      width: chart.width,
      height: chart.height,
      class: 'statechart',
      role: 'img',
      'aria-label': describe(chart, look),
    },
    element('defs', {}, arrowHead('statechart-arrow', ''), arrowHead('statechart-arrow-taken', ' arrow-taken')),
    ...chart.states.map((state) => drawState(chart, state, look)),
    ...Object.entries(chart.initials).map(([id, { dot, points }]) => drawInitial(id, dot, points)),
    ...Object.entries(chart.paths).map(([id, path]) => drawTransition(id, path, look)),
    // Above every line, so that none crosses a word.
    ...Object.entries(chart.paths).map(([id, path]) => drawLabel(id, path, look)),
  );

const drawState = (chart: DrawnStatechart, state: StatechartState, look: Look): SvgNode => {
  const box = chart.boxes[state.id] ?? { x: 0, y: 0, width: 0, height: 0 };
  const lines = chart.linesByState[state.id] ?? [];
  const isOuter = state.kind === 'compound' || state.kind === 'parallel';
  const classes = [
    'state',
    `state-${state.kind}`,
    ...(state.parent === null ? ['state-root'] : []),
    ...(look.active.has(state.id) ? ['state-active'] : []),
  ];
  const { x, y, width, height } = box;
  const frame = { x, y, width, height, rx: cornerRadius };
  return element(
    'g',
    { class: classes.join(' '), 'data-state': state.id },
    element('rect', { class: 'state-box', ...frame }),
    ...(state.kind === 'final'
      ? [element('rect', { class: 'state-inner', x: x + 3, y: y + 3, width: width - 6, height: height - 6, rx: 6 })]
      : []),
    element(
      'text',
      isOuter
        ? { class: 'state-name', x: x + 12, y: y + titleBaseline }
        : { class: 'state-name', x: x + width / 2, y: titleOf(box, lines), 'text-anchor': 'middle' },
      state.name,
    ),
    ...lines.map((line, index) => {
      const at = { x: x + 12, y: y + titleBaseline + 7 + lineHeight * (index + 1) };
      const classOf =
        line.transition !== null && look.taken.has(line.transition) ? 'state-line line-taken' : 'state-line';
      return element(
        'text',
        { class: classOf, ...at, ...transitionOf(line) },
        line.text,
        ...countOf(line.transition, look),
      );
    }),
  );
};

/** A state with nothing but its name has it in its middle. */
const titleOf = (box: { readonly y: number; readonly height: number }, lines: readonly StateLine[]): number =>
  lines.length === 0 ? box.y + box.height / 2 + 4.5 : box.y + titleBaseline;

const transitionOf = ({ transition }: StateLine): Record<string, string> =>
  transition === null ? {} : { 'data-transition': transition };

const countOf = (transition: string | null, look: Look): readonly SvgNode[] => {
  const count = transition === null ? 0 : (look.counts.get(transition) ?? 0);
  return count === 0 ? [] : [element('tspan', { class: 'count' }, ` ×${count}`)];
};

const drawTransition = (id: string, { points }: DrawnTransition, look: Look): SvgNode => {
  const taken = look.taken.has(id);
  const count = look.counts.get(id) ?? 0;
  const classes = ['transition', `transition-heat-${heat(count)}`, ...(taken ? ['transition-taken'] : [])];
  return element('path', {
    class: classes.join(' '),
    'data-transition': id,
    d: roundedPath(points),
    'marker-end': `url(#statechart-arrow${taken ? '-taken' : ''})`,
  });
};

/** How strongly a transition is shaded, from 0 (never taken) to 4: each step stands for about ten times as often. */
export const heat = (count: number): number => (count === 0 ? 0 : Math.min(4, 1 + Math.floor(Math.log10(count))));

const drawLabel = (id: string, { label }: DrawnTransition, look: Look): SvgNode => {
  const x = label.x + label.width / 2;
  const taken = look.taken.has(id);
  return element(
    'g',
    { class: `label${taken ? ' label-taken' : ''}`, 'data-transition': id },
    element('rect', { class: 'label-box', x: label.x, y: label.y, width: label.width, height: label.height, rx: 4 }),
    ...label.lines.map((line, index) =>
      element(
        'text',
        {
          class: index === 0 ? 'label-event' : 'label-detail',
          x,
          y: label.y + lineHeight * (index + 1) - 4,
          'text-anchor': 'middle',
        },
        line,
        ...(index === 0 ? countOf(id, look) : []),
      ),
    ),
  );
};

const drawInitial = (state: string, [x, y]: Point, points: readonly Point[]): SvgNode =>
  element(
    'g',
    { class: 'initial', 'data-initial': state },
    element('circle', { cx: x, cy: y, r: 4.5 }),
    element('path', { class: 'transition', d: roundedPath(points), 'marker-end': 'url(#statechart-arrow)' }),
  );

const arrowHead = (id: string, more: string): SvgNode =>
  element(
    'marker',
    {
      id,
      viewBox: '0 0 8 8',
      refX: 7,
      refY: 4,
      markerUnits: 'userSpaceOnUse',
      markerWidth: 9,
      markerHeight: 9,
      orient: 'auto-start-reverse',
    },
    element('path', { class: `arrow${more}`, d: 'M 0 0.8 L 7.5 4 L 0 7.2 z' }),
  );

/** A line through all points whose bends are round. */
const roundedPath = (points: readonly Point[]): string =>
  points
    .map((point, index) => {
      const before = points[index - 1];
      const after = points[index + 1];
      if (before === undefined) return `M ${at(point)}`;
      if (after === undefined) return `L ${at(point)}`;
      return `L ${at(towards(point, before))} Q ${at(point)} ${at(towards(point, after))}`;
    })
    .join(' ');

/** The point a bend's radius away from `from`, in the direction of `to`, and never past the middle between them. */
const towards = (from: Point, to: Point): Point => {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length === 0) return from;
  const part = Math.min(bendRadius, length / 2) / length;
  return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
};

const at = ([x, y]: Point): string => `${round(x)} ${round(y)}`;
const round = (length: number): number => Math.round(length * 10) / 10;

const describe = (chart: DrawnStatechart, { active }: Look): string => {
  const innermost = chart.states.filter(({ id, kind }) => active.has(id) && (kind === 'atomic' || kind === 'final'));
  const where = innermost.length === 0 ? '' : `, in ${innermost.map(({ name }) => name).join(' and ')}`;
  return `The statechart of a ${chart.id}${where}`;
};

const element = (
  tag: string,
  attributes: SvgNode['attributes'],
  ...children: readonly (SvgNode | string)[]
): SvgNode => ({ tag, attributes, children });
