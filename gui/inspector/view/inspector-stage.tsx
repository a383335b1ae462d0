/** The inspector itself, whatever its steps come from. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ApiError } from '../../connection/api.ts';
import { sentencesOf } from '../../state/sentence.ts';
import { Scrubber } from '../scrubber/scrubber.tsx';
import { type InspectorScope, InspectorScopeContext } from '../state/inspector-context.ts';
import { StepAnnouncer } from '../step/step-announcer.tsx';
import { ChartView } from './chart-view.tsx';
import { inspectorKeys } from './inspector-keys.ts';
import { SidePanel } from './side-panel.tsx';

const playEveryMs = 800;

export type InspectorStageProps = {
  readonly scope: InspectorScope;
  readonly header: ComponentChildren;
  /** Where Escape leads. */
  readonly onLeave: () => void;
};

export const InspectorStage = ({ scope, header, onLeave }: InspectorStageProps) => {
  const { state, isPlaying } = scope;
  const element = useRef<HTMLElement>(null);
  const isReady = state.track.value !== null;

  useEffect(() => () => state.close(), [state]);

  // Whoever comes from somewhere that is gone has the scrubber, and its keys, at once.
  useLayoutEffect(() => {
    const focused = document.activeElement;
    if (!isReady || (focused !== document.body && !focused?.matches('.inspector, .session-pane'))) return;
    document.getElementById('scrubber')?.focus({ preventScroll: true });
  }, [isReady]);

  const plays = isPlaying.value;
  useEffect(() => {
    if (!plays) return;
    const timer = setInterval(() => {
      const before = state.place.peek();
      state.toChange(1);
      if (state.place.peek() === before) isPlaying.value = false;
    }, playEveryMs);
    return () => clearInterval(timer);
  }, [plays, state, isPlaying]);

  return (
    <InspectorScopeContext.Provider value={scope}>
      <section
        ref={element}
        class="inspector"
        aria-label="Inspector"
        tabIndex={-1}
        onKeyDown={inspectorKeys(scope, onLeave)}
      >
        {header}
        <Content scope={scope} />
      </section>
    </InspectorScopeContext.Provider>
  );
};

const Content = ({ scope: { state } }: { readonly scope: InspectorScope }) => {
  const failure = state.failure.value;
  if (failure !== null) {
    return (
      <EmptyState title={titleOf(failure)}>
        <p>{sentencesOf(failure)}</p>
        <Button onClick={state.retry}>Try again</Button>
      </EmptyState>
    );
  }
  if (state.runs.value?.length === 0) {
    return (
      <EmptyState title="No run yet">
        <p>This session has only its ledger so far. Its first prompt begins its first run, and with it a machine.</p>
      </EmptyState>
    );
  }
  if (state.track.value === null) return <div class="inspector-loading" aria-busy="true" />;
  return (
    <>
      <div class="inspector-body">
        <ChartView />
        <SidePanel />
      </div>
      <Scrubber />
      <StepAnnouncer />
    </>
  );
};

const titleOf = (failure: unknown): string => {
  if (failure instanceof ApiError && failure.code === 'session.not_found') return 'There is no such session';
  if (failure instanceof ApiError && failure.code === 'run.not_found') return 'There is no such run';
  return 'This could not be read';
};
