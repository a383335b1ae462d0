/** Events that were sent to a copy of the machine, from a place in a run. The session hears nothing of them. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Standing, Supposition } from '../../../actors/protocol/gateway/inspection.ts';
import type { Place } from '../../session/model/place.ts';
import { type ShownStep, withContexts } from '../model/step-book.ts';
import type { InspectorSource } from './inspector-source.ts';

export type Branch = {
  /** Where the copy was made. */
  readonly place: Place;
  readonly events: Supposition['events'];
  readonly steps: readonly ShownStep[];
  /** The step that is looked at. */
  readonly at: number;
};

export type WhatIfState = {
  readonly branch: ReadonlySignal<Branch | null>;
  readonly busy: ReadonlySignal<boolean>;
  readonly failure: ReadonlySignal<unknown>;
  /** Sends one more event to the copy; the first one makes the copy, at this place. */
  readonly send: (place: Place, event: { readonly type: string; readonly payload: unknown }) => Promise<boolean>;
  readonly select: (index: number) => void;
  readonly reset: () => void;
};

export const createWhatIfState = (live: InspectorSource['live']): WhatIfState => {
  const branch = signal<Branch | null>(null);
  const busy = signal(false);
  const failure = signal<unknown>(null);
  return {
    branch,
    busy,
    failure,
    send: async (place, event) => {
      if (live === null || busy.peek()) return false;
      const known = branch.peek();
      const goesOn = known !== null && known.place.run === place.run && known.place.seq === place.seq;
      const events = [...(goesOn ? known.events : []), event];
      busy.value = true;
      failure.value = null;
      try {
        const answer = await live.whatIf(place.run, { after: place.seq, events });
        branch.value = { place, events, steps: withContexts(answer), at: answer.steps.length - 1 };
        return true;
      } catch (error) {
        failure.value = error;
        return false;
      } finally {
        busy.value = false;
      }
    },
    select: (index) => {
      const known = branch.peek();
      if (known !== null) branch.value = { ...known, at: index };
    },
    reset: () => {
      branch.value = null;
      failure.value = null;
    },
  };
};

/** The states and the context after a step, as a machine that stands there would tell them. */
export const standingAfter = ({ step, after }: ShownStep): Standing => ({ active: [...step.to], context: after });
