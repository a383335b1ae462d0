import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ApiError } from '../connection/api.ts';
import { isPlainKey, isTyping } from '../shell/keyboard.ts';
import type { Route } from '../shell/route.ts';
import { useWindow } from '../shell/window-scope.ts';
import { createMarkdown } from './markdown/render-markdown.ts';
import type { Place } from './model/place.ts';
import { liveRun } from './state/liveness.ts';
import { createFolds, createRunFiles, type SessionScope, SessionScopeContext } from './state/session-context.ts';
import { sourceOf } from './state/session-source.ts';
import { createSessionState } from './state/session-state.ts';
import { createWorkState } from './state/work-state.ts';
import { visibleLine } from './text/visible.ts';
import { Announcer } from './view/announcer.tsx';
import { Composer } from './view/composer.tsx';
import { FindBar } from './view/find-bar.tsx';
import { LeftRunningBanner } from './view/left-running-banner.tsx';
import { PauseBanner } from './view/pause-banner.tsx';
import { RecoveryBanner } from './view/recovery-banner.tsx';
import { SessionHeader } from './view/session-header.tsx';
import { SnapshotsPanel } from './view/snapshots-panel.tsx';
import { TimelineList } from './view/timeline.tsx';
import { TimelineBar } from './view/timeline-bar.tsx';

export type SessionViewProps = {
  readonly id: string;
  /** Opens at this event and marks it; otherwise at the end. */
  readonly at?: Place | null;
};

/** One session: its timeline, what can be done with it, and what it changed. */
export const SessionView = ({ id, at }: SessionViewProps) => {
  const route = useWindow().navigation.currentRoute();
  return <Session key={id} id={id} at={at ?? placeIn(route, id)} />;
};

const placeIn = (route: Route, id: string): Place | null =>
  route.kind === 'session' && route.id === id ? route.at : null;

const Session = ({ id, at }: { readonly id: string; readonly at: Place | null }) => {
  const { connection, store } = useWindow();
  const state = useMemo(
    () => createSessionState(sourceOf(connection, id), at === null ? {} : { at }),
    [connection, id],
  );
  const folds = useMemo(createFolds, [id]);
  const markdown = useMemo(createMarkdown, []);
  const row = useComputed((): DashboardRow | null => store.rowsById.value.get(id) ?? state.detail.value);
  const live = useComputed(() => liveRun(row.value, state.lastRun.value));
  const [showQuiet, showFind, showSnapshots] = [useSignal(false), useSignal(false), useSignal(false)];
  const workState = useMemo(() => createWorkState(connection.call, id), [connection, id]);
  const runFiles = useMemo(createRunFiles, [id]);
  const shown = { showQuiet, showFind, showSnapshots };
  const scope: SessionScope = { id, state, row, live, work: workState.work, folds, runFiles, markdown, ...shown };

  useEffect(() => () => state.close(), [state]);
  useEffect(() => () => workState.close(), [workState]);

  // The row tells when there is more to know of the work.
  const workSeen = useComputed(() => (store.isStale.value ? null : JSON.stringify(row.value?.work))).value;
  useEffect(() => {
    if (workSeen !== null) workState.refresh();
  }, [workState, workSeen]);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'h' && isPlainKey(event)) {
        event.preventDefault();
        showSnapshots.value = !showSnapshots.value;
        return;
      }
      const isFind = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'f';
      if (!isFind || event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      // The browser's own search sees only what is drawn.
      event.preventDefault();
      showFind.value = true;
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [showFind, showSnapshots]);

  // The address may lead to another event of the session that is open already.
  const first = useRef(true);
  useEffect(() => {
    if (!first.current && at !== null) void state.goTo(at);
    first.current = false;
  }, [state, at?.run, at?.seq]);

  const isMissing = state.failure.value !== null && state.timeline.value === null;
  return (
    <SessionScopeContext.Provider value={scope}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape leaves whatever field in it has the focus */}
      <div class="session" onKeyDown={leaveField}>
        {isMissing ? (
          <Missing failure={state.failure.value} retry={() => void state.goToEnd()} />
        ) : (
          <>
            <SessionHeader />
            <RecoveryBanner />
            <PauseBanner />
            <LeftRunningBanner />
            <TimelineBar />
            {showFind.value && <FindBar />}
            <div class="session-body">
              <div class="session-main">
                <TimelineList />
                <Composer />
              </div>
              {showSnapshots.value && <SnapshotsPanel />}
            </div>
            <Announcer />
          </>
        )}
      </div>
    </SessionScopeContext.Provider>
  );
};

/** From a field to the timeline: the keys that the help tells of are no letters of a prompt then. */
const leaveField = (event: KeyboardEvent): void => {
  if (event.key !== 'Escape' || event.defaultPrevented || !isTyping(event.target)) return;
  if (!(event.currentTarget instanceof HTMLElement)) return;
  event.preventDefault();
  event.currentTarget.querySelector<HTMLElement>('.timeline-scroll')?.focus({ preventScroll: true });
};

const Missing = ({ failure, retry }: { readonly failure: unknown; readonly retry: () => void }) => (
  <EmptyState
    title={
      failure instanceof ApiError && failure.status === 404
        ? 'There is no such session'
        : 'This session could not be read'
    }
  >
    <p>{visibleLine(failure instanceof Error ? failure.message : String(failure))}</p>
    {failure instanceof ApiError && failure.hint !== null && <p class="quiet">{visibleLine(failure.hint)}</p>}
    <Button onClick={retry}>Try again</Button>
  </EmptyState>
);
