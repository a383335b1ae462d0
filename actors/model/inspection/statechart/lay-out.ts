/** Gives every state and transition of a statechart its place, with ELK's layered layout. Used when the program is made. */
import elk, { type ElkEdgeSection, type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { Box, DrawnStatechart, DrawnTransition, Point, StateLine } from './drawn-statechart.ts';
import type { Statechart, StatechartState, StatechartTransition } from './statechart.ts';

/** What the drawing relies on as well. */
export const lineHeight = 15;
export const titleHeight = 24;

const characterWidth = 6.3;
const titleCharacterWidth = 7.4;
const sidePadding = 12;
const dotSize = 10;
/** Beside a label's longest line: how often the transition was taken stands there. */
const roomForCount = 30;

const layoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.spacing.nodeNode': '36',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '5',
  'elk.layered.spacing.nodeNodeBetweenLayers': '30',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.edgeLabels.sideSelection': 'ALWAYS_DOWN',
  // The same picture every time.
  'elk.randomSeed': '1',
};

/** Lays a statechart out. The same statechart always gives the same picture. */
export const layOut = async (chart: Statechart): Promise<DrawnStatechart> => {
  const linesByState = Object.fromEntries(chart.states.map((state) => [state.id, linesOf(chart, state)]));
  const [root] = chart.states;
  if (root === undefined) throw new Error('a statechart has a state');
  const page: ElkNode = {
    id: 'page',
    layoutOptions,
    children: [nodeOf(chart, root, linesByState)],
  };
  const placed = await new elk.default().layout(page);
  const places = absolutePlaces(placed);
  const edges = new Map(placedEdges(placed).map((edge) => [edge.id, edge]));

  const paths: Record<string, DrawnTransition> = {};
  for (const transition of chart.transitions) {
    const edge = edges.get(transition.id);
    if (edge === undefined) continue;
    const origin = originOf(edge, places);
    const label = edge.labels?.[0];
    paths[transition.id] = {
      points: leadsInwards(transition) ? [...pointsOf(edge, origin)].reverse() : pointsOf(edge, origin),
      label: {
        x: round((label?.x ?? 0) + origin.x),
        y: round((label?.y ?? 0) + origin.y),
        width: round(label?.width ?? 0),
        height: round(label?.height ?? 0),
        lines: labelLines(transition),
      },
    };
  }

  const initials: Record<string, { dot: Point; points: readonly Point[] }> = {};
  for (const { id } of chart.states) {
    const edge = edges.get(initialOf(id));
    const dot = places.get(initialOf(id));
    if (edge === undefined || dot === undefined) continue;
    initials[id] = {
      dot: [round(dot.x + dotSize / 2), round(dot.y + dotSize / 2)],
      points: pointsOf(edge, originOf(edge, places)),
    };
  }

  const boxes = Object.fromEntries(
    chart.states.map(({ id }): [string, Box] => {
      const { x, y, width, height } = places.get(id) ?? { x: 0, y: 0, width: 0, height: 0 };
      return [id, { x: round(x), y: round(y), width: round(width), height: round(height) }];
    }),
  );
  const { width = 0, height = 0 } = placed;
  return { ...chart, width: round(width), height: round(height), boxes, linesByState, paths, initials };
};

const nodeOf = (
  chart: Statechart,
  state: StatechartState,
  linesByState: Readonly<Record<string, readonly StateLine[]>>,
): ElkNode => {
  const lines = linesByState[state.id] ?? [];
  const children = chart.states.filter(({ parent }) => parent === state.id);
  const width = Math.max(
    90,
    state.name.length * titleCharacterWidth + 2 * sidePadding,
    ...lines.map(({ text }) => text.length * characterWidth + 2 * sidePadding),
  );
  const head = titleHeight + lines.length * lineHeight + (lines.length > 0 ? 8 : 0);
  const id = state.id;
  if (children.length === 0) {
    const size = { width: Math.ceil(width), height: Math.ceil(Math.max(34, head + 4)) };
    if (state.kind !== 'final') return { id, ...size };
    return { id, ...size, layoutOptions: { 'elk.layered.layering.layerConstraint': 'LAST' } };
  }
  const hasInitial = state.initial !== null;
  return {
    id,
    layoutOptions: {
      'elk.padding': `[top=${head + 18},left=20,bottom=20,right=20]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${Math.ceil(width)}, ${head + 40})`,
    },
    children: [
      ...(hasInitial ? [{ id: initialOf(id), width: dotSize, height: dotSize }] : []),
      ...children.map((child) => nodeOf(chart, child, linesByState)),
    ],
    edges: [
      ...(hasInitial ? [{ id: initialOf(id), sources: [initialOf(id)], targets: [state.initial ?? ''] }] : []),
      // An edge lives in the innermost state that holds both of its ends.
      ...chart.transitions.filter((transition) => homeOf(chart, transition) === id).map(edgeOf),
    ],
  };
};

const edgeOf = (transition: StatechartTransition): ElkExtendedEdge => {
  const lines = labelLines(transition);
  const { id, source, target } = transition;
  const [from, to] = leadsInwards(transition) ? [target, source] : [source, target];
  return {
    id,
    sources: [from ?? ''],
    targets: [to ?? ''],
    labels: [
      {
        text: lines.join('\n'),
        width: Math.ceil(Math.max(...lines.map((line) => line.length)) * characterWidth + roomForCount),
        height: lines.length * lineHeight,
      },
    ],
  };
};

/**
 * From a state to one inside of it. Laid out the other way round, so that it begins at the lower border: at the upper
 * one it would cross what is written in the state.
 */
const leadsInwards = ({ source, target }: StatechartTransition): boolean => target?.startsWith(`${source}.`) ?? false;

const homeOf = (chart: Statechart, { source, target }: StatechartTransition): string | null => {
  if (target === null) return null;
  const parents = new Map(chart.states.map(({ id, parent }) => [id, parent]));
  const above = (id: string): readonly string[] => {
    const parent = parents.get(id) ?? null;
    return parent === null ? [] : [parent, ...above(parent)];
  };
  const holders = [source, ...above(source)];
  return [target, ...above(target)].find((id) => id !== target && holders.includes(id)) ?? null;
};

/** What a transition's label says, line by line: its event, its guard, its actions. */
const labelLines = ({ event, guard, actions }: StatechartTransition): readonly string[] => [
  event,
  ...(guard === null ? [] : [`[${guard}]`]),
  ...(actions.length === 0 ? [] : [`/ ${actions.join(', ')}`]),
];

const linesOf = (chart: Statechart, state: StatechartState): readonly StateLine[] => [
  ...state.entry.map((action) => ({ text: `entry / ${action}`, transition: null })),
  ...state.exit.map((action) => ({ text: `exit / ${action}`, transition: null })),
  ...chart.transitions
    .filter(({ source, target }) => source === state.id && target === null)
    .map((transition) => ({ text: labelLines(transition).join(' '), transition: transition.id })),
];

const initialOf = (id: string): string => `${id} initial`;

type Origin = { readonly x: number; readonly y: number };

/** Every node by id, with its place from the upper left corner of the page instead of that of its parent. */
const absolutePlaces = (page: ElkNode): ReadonlyMap<string, Box> => {
  const places = new Map<string, Box>();
  const visit = (node: ElkNode, origin: Origin): void => {
    const x = origin.x + (node.x ?? 0);
    const y = origin.y + (node.y ?? 0);
    places.set(node.id, { x, y, width: node.width ?? 0, height: node.height ?? 0 });
    for (const child of node.children ?? []) visit(child, { x, y });
  };
  visit(page, { x: 0, y: 0 });
  return places;
};

const placedEdges = (node: ElkNode): readonly ElkExtendedEdge[] => [
  ...(node.edges ?? []),
  ...(node.children ?? []).flatMap(placedEdges),
];

// ELK gives an edge's points from the corner of the node that it names as the container.
const originOf = (edge: ElkExtendedEdge, places: ReadonlyMap<string, Box>): Origin =>
  places.get((edge as { readonly container?: string }).container ?? 'page') ?? { x: 0, y: 0 };

const pointsOf = (edge: ElkExtendedEdge, origin: Origin): readonly Point[] =>
  (edge.sections ?? []).flatMap((section: ElkEdgeSection) =>
    [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(
      ({ x, y }): Point => [round(x + origin.x), round(y + origin.y)],
    ),
  );

const round = (length: number): number => Math.round(length * 10) / 10;
