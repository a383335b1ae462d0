/** The drawn session machine, as the inspector asks for it. */

import type { Look } from '../../../actors/model/inspection/statechart/draw-statechart.ts';
import {
  type DrawnStatechart,
  drawnRunStatechart,
} from '../../../actors/model/inspection/statechart/drawn-statechart.ts';

export const chart: DrawnStatechart = drawnRunStatechart;

const transitions = new Map(chart.transitions.map((transition) => [transition.id, transition]));

/** Where a transition leads; null for one that stays, and for one of another machine. */
export const targetOf = (transition: string): string | null => transitions.get(transition)?.target ?? null;

/** What is lit when a machine is in these states and has just taken these transitions. */
export const lookOf = (
  states: readonly string[],
  taken: readonly string[],
  counts: ReadonlyMap<string, number>,
): Look => ({ active: new Set(states.flatMap(withParents)), taken: new Set(taken), counts });

/** `run.running.working`: itself, `run.running` and `run`. */
const withParents = (id: string): readonly string[] => {
  const parts = id.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
};
