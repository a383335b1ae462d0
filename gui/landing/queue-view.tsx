import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { counted } from '../../actors/protocol/facts/counted.ts';
import { shortCommit } from '../../actors/protocol/facts/short-commit.ts';
import type { QueuedLanding } from '../../actors/protocol/gateway/landing-routes.ts';
import { Button } from '../components/button.tsx';
import { classes } from '../components/classes.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { Keys } from '../components/keys.tsx';
import { DiffCounts } from '../session/items/item-diffs.tsx';
import { createSteadyRefresh } from '../session/state/steady-refresh.ts';
import { useWindow } from '../shell/window-scope.ts';
import { plainLine } from '../state/plain-text.ts';
import { sentencesOf } from '../state/sentence.ts';
import { timeOfDay } from '../state/time.ts';
import { beadsOf, isOnItsWay, queueWords } from './model/landing-beads.ts';
import { queueSource } from './state/queue-source.ts';
import { useFaceKeys } from './use-face-keys.ts';
import { GivenBack } from './view/landing-notice.tsx';
import { QueueSteps } from './view/queue-steps.tsx';

const restMs = 1000;

/** What lands, one after the other, and what became of those before. */
export const QueueView = () => {
  const { connection, navigation, store, toasts } = useWindow();
  const source = useMemo(() => queueSource(connection.callOf), [connection]);
  const list = useSignal<readonly QueuedLanding[] | null>(null);
  const failure = useSignal<unknown>(null);
  const chosenId = useSignal<string | null>(null);
  const refresh = useMemo(
    () =>
      createSteadyRefresh({
        load: source.list,
        onLoaded: (found: readonly QueuedLanding[]) => {
          list.value = found;
          failure.value = null;
        },
        onFailed: (error) => {
          failure.value = error;
        },
        restMs,
      }),
    [source],
  );
  useEffect(() => refresh.close, [refresh]);

  // Each step of a landing is in its session's row.
  const seen = useComputed(() =>
    store.isStale.value ? null : JSON.stringify(store.dashboard.value?.rows.map(({ work }) => work.landing)),
  ).value;
  useEffect(() => {
    if (seen !== null) refresh.ask();
  }, [refresh, seen]);

  const landings = list.value ?? [];
  const chosen = landings.find(({ landingId }) => landingId === chosenId.value) ?? landings[0];
  const onto = new Set(landings.map((landing) => landing.onto));

  const attempt = async (work: Promise<unknown>, said: string): Promise<void> => {
    try {
      await work;
      toasts.showToast({ text: said });
    } catch (error) {
      toasts.showError(error);
    }
    refresh.ask();
  };
  const withdraw = (landing: QueuedLanding): void =>
    void attempt(
      source.withdraw(landing),
      `${plainLine(landing.session.name)} is out of the queue; its work stays as it is.`,
    );
  const undo = (landing: QueuedLanding): void =>
    void attempt(source.undo(landing), `Undone: ${plainLine(landing.onto)} is where it was.`);
  const move = (step: number): void => {
    const next = landings[(chosen === undefined ? 0 : landings.indexOf(chosen)) + step];
    if (next === undefined) return;
    chosenId.value = next.landingId;
    document.getElementById(`landing-${next.landingId}`)?.focus();
  };
  const leave = (): void => navigation.navigate({ kind: 'dashboard' });

  useFaceKeys({
    Escape: leave,
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    j: () => move(1),
    k: () => move(-1),
    x: () => chosen && canBeTakenOut(chosen) && withdraw(chosen),
    Enter: () => chosen && navigation.navigate({ kind: 'land', id: chosen.session.id }),
  });

  return (
    <div class="landing-pane landing-queue-view">
      <div class="landing landing-alone">
        <header class="face-head">
          <Button look="bare" icon="back" label="Back to the sessions (Esc)" class="session-back" onClick={leave} />
          <h1 class="one-line">
            Landing{onto.size === 1 && ' onto '}
            {onto.size === 1 && <strong>{[...onto].map(plainLine)}</strong>}
          </h1>
          {landings.length > 0 && (
            <span class="face-facts numbers">
              <span>{queueWords(landings.map(({ state }) => state))}</span>
            </span>
          )}
        </header>
        <div class="landing-body">
          <div class="landing-column">
            {list.value === null && failure.value === null && <p class="quiet">Looking at what lands…</p>}
            {list.value === null && failure.value !== null && (
              <EmptyState title="The queue could not be read">
                <p>{sentencesOf(failure.value)}</p>
                <Button onClick={refresh.ask}>Look again</Button>
              </EmptyState>
            )}
            {list.value?.length === 0 && (
              <EmptyState title="Nothing lands">
                <p>
                  What a session made is landed from there: <Keys of="Shift+L" />
                </p>
              </EmptyState>
            )}
            {landings.length > 0 && (
              // biome-ignore lint/a11y/useSemanticElements: rows with buttons in them are no options
              <div class="landing-queue" role="list" aria-label="The queue">
                {landings.map((landing, index) => (
                  <Row
                    key={landing.landingId}
                    landing={landing}
                    place={index + 1}
                    isChosen={landing === chosen}
                    choose={() => {
                      chosenId.value = landing.landingId;
                    }}
                    undo={() => undo(landing)}
                    withdraw={() => withdraw(landing)}
                  />
                ))}
              </div>
            )}
            {landings.length > 0 && (
              <p class="landing-under">
                <span>
                  <Keys of="X" /> takes it out of the queue; its work stays as it is
                </span>
                <span>The queue goes on when this window is closed</span>
              </p>
            )}
            {landings
              .filter(({ state }) => state === 'returned')
              .map(({ landingId, session, words, task }) => (
                <GivenBack key={landingId} id={session.id} name={session.name} words={words} task={task} />
              ))}
          </div>
        </div>
        <footer class="landing-foot">
          <p class="quiet">
            Each session is rebased onto the new tip and checked again before it lands. What has landed stays landed if
            a later one fails.
          </p>
        </footer>
      </div>
    </div>
  );
};

const canBeTakenOut = ({ state }: QueuedLanding): boolean => isOnItsWay(state) || state === 'held';

type RowProps = {
  readonly landing: QueuedLanding;
  readonly place: number;
  readonly isChosen: boolean;
  readonly choose: () => void;
  readonly undo: () => void;
  readonly withdraw: () => void;
};

const Row = ({ landing, place, isChosen, choose, undo, withdraw }: RowProps) => (
  // biome-ignore lint/a11y/useSemanticElements: rows with buttons in them are no options
  // biome-ignore lint/a11y/useKeyWithClickEvents: the arrows do the same
  <div
    id={`landing-${landing.landingId}`}
    class={classes('queue-row', isChosen && 'is-chosen')}
    role="listitem"
    tabIndex={isChosen ? 0 : -1}
    aria-current={isChosen}
    onFocus={choose}
    onClick={choose}
  >
    <span class="queue-place numbers">{place}</span>
    <span class="queue-name one-line">{plainLine(landing.session.name)}</span>
    <QueueSteps beads={beadsOf(landing.state, null)} />
    <span class="queue-say">
      <Say landing={landing} />
      {landing.state === 'landed' && (
        <>
          {' · '}
          <button type="button" class="link" onClick={undo}>
            Undo
          </button>
        </>
      )}
      {canBeTakenOut(landing) && (
        <>
          {' · '}
          <button type="button" class="link" onClick={withdraw}>
            Take it out
          </button>
        </>
      )}
    </span>
  </div>
);

const Say = ({ landing }: { readonly landing: QueuedLanding }) => {
  const { additions, commit, deletions, files, landedAt, state, words } = landing;
  if (state === 'landed') {
    return (
      <>
        <span class="says-good">Landed{landedAt !== null && ` ${timeOfDay(landedAt)}`}</span>
        {commit !== null && (
          <>
            {' as '}
            <code>{shortCommit(commit)}</code>
          </>
        )}
        {files !== null && ` · ${counted(files, 'file')}`}
        {additions !== null && deletions !== null && <DiffCounts added={additions} removed={deletions} />}
      </>
    );
  }
  const look = state === 'returned' || state === 'held' ? 'says-warn' : isOnItsWay(state) ? 'says-now' : '';
  const checks = landing.checks.map(({ name, outcome }) => `${plainLine(name)} ${outcome ?? 'runs'}`);
  return (
    <>
      <span class={look}>{stateWords[state]}</span>
      {words !== null && ` · ${plainLine(words)}`}
      {state === 'checking' && checks.length > 0 && ` · ${checks.join(', ')}`}
    </>
  );
};

const stateWords = {
  queued: 'Waits for its turn',
  rebasing: 'Rebasing',
  checking: 'Checking',
  waiting: 'Waiting',
  landing: 'Landing',
  landed: 'Landed',
  returned: 'Given back',
  held: 'Held',
  withdrawn: 'Taken out',
  undone: 'Undone',
} as const;
