/**
 * A statechart with its places on paper. It is laid out when the program is made (`lay-out.ts`) and shipped as data, so
 * that nobody who looks at it needs the layout engine or the machine.
 */
import layout from './run-statechart.json' with { type: 'json' };
import type { Statechart } from './statechart.ts';

export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type Point = readonly [x: number, y: number];

export type DrawnTransition = {
  /** From the border of the source to that of the target, corner by corner. */
  readonly points: readonly Point[];
  readonly label: Box & { readonly lines: readonly string[] };
};

/** All lengths are in pixels of the picture, from its upper left corner. */
export type DrawnStatechart = Statechart & {
  readonly width: number;
  readonly height: number;
  /** By the id of the state. */
  readonly boxes: Readonly<Record<string, Box>>;
  /** What stands in a state below its name: its actions, and the transitions that stay in it. */
  readonly linesByState: Readonly<Record<string, readonly StateLine[]>>;
  /** By the id of the transition; one without a target has none, and is a line of its state. */
  readonly paths: Readonly<Record<string, DrawnTransition>>;
  /** The way into each compound state: from its dot to the child that is entered first. */
  readonly initials: Readonly<Record<string, { readonly dot: Point; readonly points: readonly Point[] }>>;
};

export type StateLine = {
  readonly text: string;
  /** The transition that the line stands for; null for an entry or exit action. */
  readonly transition: string | null;
};

/** The session machine, laid out. */
export const drawnRunStatechart = layout as unknown as DrawnStatechart;
