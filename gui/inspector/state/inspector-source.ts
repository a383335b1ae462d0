/** Where the inspector gets a session's steps from: a runtime, or a file. */
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { RunOverview, StepPage, Supposition, WhatIf } from '../../../actors/protocol/gateway/inspection.ts';
import type { Connection } from '../../connection/connection.ts';
import type { Place } from '../../session/model/place.ts';
import { sourceOf, type TailOptions } from '../../session/state/session-source.ts';

/** A run to choose from; `outcome` is null while it is under way. */
export type RunInList = {
  readonly run: number;
  readonly events: number;
  readonly outcome: 'completed' | 'interrupted' | 'failed' | null;
};

export type InspectorSource = {
  readonly runs: () => Promise<readonly RunInList[]>;
  /** The states and marks of a run after an event, as far as one answer holds. */
  readonly overview: (run: number, after: number) => Promise<RunOverview>;
  readonly steps: (run: number, after: number, limit: number) => Promise<StepPage>;
  /** A payload that was too large to come with its step. */
  readonly payload: (place: Place) => Promise<unknown>;
  /** What only a runtime can do. */
  readonly live: {
    readonly whatIf: (run: number, supposition: Supposition) => Promise<WhatIf>;
    readonly position: () => Promise<number>;
    readonly tail: (options: TailOptions) => { readonly close: () => void };
  } | null;
};

/** The runtime as the source of one session's steps. */
export const runtimeSource = (connection: Connection, id: string): InspectorSource => {
  const { call } = connection;
  const session = sourceOf(connection, id);
  const of = (run: number) => ({ id, run: String(run) });
  return {
    runs: async () => runsIn(await session.detail()),
    overview: (run, after) => call('overview', { parameters: of(run), query: { after } }),
    steps: (run, after, limit) => call('steps', { parameters: of(run), query: { after, limit } }),
    payload: async ({ run, seq }) => {
      const { events } = await session.after({ run, seq: seq - 1 }, 1);
      return events[0]?.payload ?? null;
    },
    live: {
      whatIf: (run, body) => call('whatIf', { parameters: of(run), body: { ...body, events: [...body.events] } }),
      position: session.position,
      tail: session.tail,
    },
  };
};

const runsIn = ({ runs }: RouteAnswer<'session'>): readonly RunInList[] => runs.filter(({ run }) => run > 0);
