import { type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Place } from '../../session/model/place.ts';
import type { TrackAxis } from '../model/track-scale.ts';
import type { InspectorSource } from './inspector-source.ts';
import { createInspectorState, type InspectorState } from './inspector-state.ts';
import { createWhatIfState, type WhatIfState } from './what-if-state.ts';

export type PanelName = 'step' | 'what-if' | 'live';

/** What every part of the inspector shares. */
export type InspectorScope = {
  /** Null for a file, which is of no session that is known here. */
  readonly sessionId: string | null;
  readonly source: InspectorSource;
  readonly state: InspectorState;
  readonly whatIf: WhatIfState;
  readonly panel: Signal<PanelName>;
  readonly axis: Signal<TrackAxis>;
  readonly isPlaying: Signal<boolean>;
};

export const createInspectorScope = (
  source: InspectorSource,
  at: Place | null,
  sessionId: string | null,
): InspectorScope => ({
  sessionId,
  source,
  state: createInspectorState(source, at),
  whatIf: createWhatIfState(source.live),
  panel: signal<PanelName>('step'),
  axis: signal<TrackAxis>('events'),
  isPlaying: signal(false),
});

export const InspectorScopeContext = createContext<InspectorScope | null>(null);

export const useInspector = (): InspectorScope => {
  const scope = useContext(InspectorScopeContext);
  if (scope === null) throw new Error('a part of the inspector stands outside of it');
  return scope;
};

/** The branch of a copy, while one stands where it was made. */
export const branchHere = ({ state, whatIf }: InspectorScope) => {
  const branch = whatIf.branch.value;
  const place = state.place.value;
  return branch !== null && branch.place.run === place?.run && branch.place.seq === place.seq ? branch : null;
};
