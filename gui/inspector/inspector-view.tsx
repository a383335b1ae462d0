import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { StatusChip } from '../components/status-chip.tsx';
import { visibleLine } from '../session/text/visible.ts';
import { type EventAddress, parseRoute } from '../shell/route.ts';
import { useWindow } from '../shell/window-scope.ts';
import { isStill } from '../state/dashboard-state.ts';
import { exportRun, save } from './state/export-run.ts';
import { createInspectorScope, type InspectorScope } from './state/inspector-context.ts';
import { runtimeSource } from './state/inspector-source.ts';
import { InspectorStage } from './view/inspector-stage.tsx';

export type InspectorViewProps = {
  readonly id: string;
  /** The event it opens at; otherwise the last one. */
  readonly at: EventAddress | null;
};

/** How long the place has to stay the same until it is in the address. */
const settledMs = 300;

/** One session's machine, back in time. */
export const InspectorView = ({ id, at }: InspectorViewProps) => <Inspector key={id} id={id} at={at} />;

const Inspector = ({ id, at }: InspectorViewProps) => {
  const { actions, connection, navigation, store } = useWindow();
  const { navigate } = navigation;
  const { dashboard, rowsById } = store;
  const scope = useMemo(() => createInspectorScope(runtimeSource(connection, id), at, id), [connection, id]);
  const { state } = scope;
  const row = rowsById.value.get(id);
  const place = state.place.value;

  // The address may lead elsewhere in what is open already. What was written there from here is no news: meanwhile a
  // hand may have moved on.
  const written = useRef(at);
  useEffect(() => {
    if (at === null || (at.run === written.current?.run && at.seq === written.current.seq)) return;
    written.current = at;
    state.goTo(at);
  }, [state, at?.run, at?.seq]);

  useEffect(() => {
    if (place === null || place.seq === 0) return;
    const timer = setTimeout(() => {
      // The address may lead elsewhere already, and the news of it still be on its way.
      if (parseRoute(location.hash).kind !== 'inspect') return;
      written.current = place;
      navigate({ kind: 'inspect', id, at: place }, { replace: true });
    }, settledMs);
    return () => clearTimeout(timer);
  }, [id, place]);

  const leave = (): void => navigate({ kind: 'session', id, at: place?.seq === 0 ? null : place });

  const header = (
    <header class="face-head inspector-header">
      <Button look="bare" icon="back" label="Back to the timeline (Esc)" class="session-back" onClick={leave} />
      <h1 class="one-line">
        <span class="quiet">Inspector · </span>
        {visibleLine(row?.name ?? '')}
      </h1>
      {row !== undefined && <StatusChip status={row.status} still={isStill(row)} />}
      <LiveNote scope={scope} />
      {place !== null && place.seq > 0 && row?.worktree.branch != null && (
        <Button
          look="bare"
          icon="fork"
          onClick={() => actions.ask({ kind: 'fork', id, snapshot: null, before: place })}
          tellsRuntime
        >
          Fork from here…
        </Button>
      )}
      <ExportButton scope={scope} name={row?.name ?? id} />
    </header>
  );

  if (dashboard.value !== null && row === undefined && state.track.value !== null) {
    return (
      <section class="inspector" aria-label="Inspector">
        <EmptyState title="This session was removed">
          <p>Its events, and with them its steps, are gone.</p>
          <Button onClick={() => navigate({ kind: 'dashboard' })}>To the sessions</Button>
        </EmptyState>
      </section>
    );
  }
  return <InspectorStage scope={scope} header={header} onLeave={leave} />;
};

/** Whether the place moves with the run. */
const LiveNote = ({ scope: { state } }: { readonly scope: InspectorScope }) => {
  const runs = state.runs.value ?? [];
  const isUnderWay = runs.at(-1)?.outcome === null;
  if (!isUnderWay) return null;
  return state.following.value ? (
    <span class="live-note">Follows the run</span>
  ) : (
    <Button
      look="bare"
      icon="chevron"
      onClick={() => {
        const last = runs.at(-1);
        if (last !== undefined) state.goTo({ run: last.run, seq: Number.MAX_SAFE_INTEGER });
      }}
    >
      Jump to now
    </Button>
  );
};

/** Writes the run that is looked at to a file, which other tools, and this window, can read. */
const ExportButton = ({ scope, name }: { readonly scope: InspectorScope; readonly name: string }) => {
  const { showError } = useWindow().toasts;
  const busy = useSignal(false);
  const run = scope.state.track.value?.track.run ?? null;
  if (run === null) return null;
  const write = async (): Promise<void> => {
    busy.value = true;
    try {
      save(await exportRun(scope.source, run, name), `${name.replace(/[^\w-]+/gu, '-').slice(0, 60)}-run-${run}.jsonl`);
    } catch (error) {
      showError(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Button busy={busy.value} title="As JSON lines in the shape of XState’s inspection" onClick={() => void write()}>
      Export the run
    </Button>
  );
};
