import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { shortCommit } from '../../actors/protocol/facts/short-commit.ts';
import type { RepositorySetupAnswer } from '../../actors/protocol/gateway/check-routes.ts';
import type { Landing } from '../../actors/protocol/gateway/work.ts';
import { Button } from '../components/button.tsx';
import { classes } from '../components/classes.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { Icon } from '../components/icon.tsx';
import { Keys } from '../components/keys.tsx';
import { isUnderWay } from '../shell/actions.ts';
import { useWindow } from '../shell/window-scope.ts';
import { plainLine } from '../state/plain-text.ts';
import { sentencesOf } from '../state/sentence.ts';
import { isFailing, isRunning } from './model/check-lines.ts';
import type { Decided } from './model/decided.ts';
import { footWords } from './model/foot-words.ts';
import { isOnItsWay } from './model/landing-beads.ts';
import { landingSource } from './state/landing-source.ts';
import { createLandingState } from './state/landing-state.ts';
import { useFaceKeys } from './use-face-keys.ts';
import { CheckCard } from './view/check-card.tsx';
import { CheckoutCard } from './view/checkout-card.tsx';
import { DecideForm } from './view/decide-form.tsx';
import { ForeseenCard } from './view/foreseen-card.tsx';
import { LandedView } from './view/landed-view.tsx';
import { LandingFoot } from './view/landing-foot.tsx';
import { LandingNotice } from './view/landing-notice.tsx';
import { OriginCard } from './view/origin-card.tsx';

/** From a session's work to the branch: what is decided, what is known, and what became of it. */
export const LandingView = ({ id }: { readonly id: string }) => {
  const { actions, connection, navigation, store, toasts } = useWindow();
  const source = useMemo(() => landingSource(connection, id), [connection, id]);
  const state = useMemo(() => createLandingState(connection, source, id), [connection, source, id]);
  useEffect(() => state.close, [state]);
  const row = store.rowsById.value.get(id);
  const { failure, setup } = state;
  const [preview, landing, lines, work] = [
    state.preview.value,
    state.landing.value,
    state.lines.value,
    state.work.value,
  ];
  const [busy, again, runsHooks] = [useSignal(false), useSignal(false), useSignal(false)];
  /** What the person changed of what is drafted. */
  const changed = useSignal<Partial<Decided>>({});
  const isAtWork = row !== undefined && isUnderWay(row);

  // The row tells when there is more to know; and what failed while the runtime was gone is asked anew.
  const seen = useComputed(() => (store.isStale.value ? null : JSON.stringify(store.rowsById.value.get(id)?.work)));
  const isKnown = seen.value;
  useEffect(() => {
    if (isKnown !== null) state.refresh();
  }, [state, isKnown, isAtWork]);

  const decided: Decided | null =
    preview === null ? null : { way: preview.way, nameAgent: true, message: preview.message, ...changed.value };
  const isLanding = landing !== null && isOnItsWay(landing.state);
  const isLanded = landing?.state === 'landed' && !again.value && !hasGoneOn(landing, work?.lastPromptAt ?? null);
  const words =
    preview === null || isLanded
      ? null
      : footWords({ preview, lines, isAtWork, isOnItsWay: isLanding, openComments: row?.work.openComments ?? 0 });
  const failing = lines.find(isFailing);

  const leave = (): void => navigation.navigate({ kind: 'session', id, at: null });
  const review = (): void => navigation.navigate({ kind: 'review', id, range: 'base' });
  const attempt = async (act: () => Promise<string | null>): Promise<void> => {
    if (busy.peek()) return;
    busy.value = true;
    try {
      const said = await act();
      if (said !== null) toasts.showToast({ text: said });
    } catch (error) {
      toasts.showError(error);
    }
    busy.value = false;
    state.refresh();
  };

  const land = (then?: () => void, waits = false): void => {
    if (decided === null || words === null || words.landing === null) return;
    void attempt(async () => {
      await source.land(decided, { despiteChecks: words.despiteChecks, waits });
      again.value = false;
      changed.value = {};
      then?.();
      return null;
    });
  };
  const queue = (): void => land(() => navigation.navigate({ kind: 'landings' }));
  const commit = (): void => {
    if (decided === null) return;
    const hash = runsHooks.peek() ? (preview?.hooks?.hash ?? null) : null;
    void attempt(async () => {
      await source.commit(decided, hash);
      changed.value = {};
      return 'Committed on its own branch. Nothing has landed.';
    });
  };
  const undo = (): void => {
    if (landing === null) return;
    const { landingId, landed, onto } = landing;
    void attempt(async () => {
      await source.undo(landingId);
      return `Undone: ${plainLine(onto)} is at ${landed === null ? 'its old place' : shortCommit(landed.old)} again.`;
    });
  };
  const push = (): void =>
    void attempt(async () => {
      const { branch, remote } = await source.push(true);
      return `${plainLine(branch)} is on ${plainLine(remote)}.`;
    });
  const withdraw = (): void => {
    if (landing === null) return;
    void attempt(async () => {
      await source.withdraw(landing.landingId);
      return 'It is out of the queue; its work stays as it is.';
    });
  };
  const sendFailure = (commandId: string): void =>
    void attempt(async () => {
      await source.sendCheck(commandId);
      return 'Its agent has the end of the output.';
    });
  const stopCheck = (commandId: string): void =>
    void attempt(async () => {
      await source.stopCheck(commandId);
      return null;
    });
  const runChecks = (): void => {
    void attempt(async () => {
      if (lines.length > 0 && !lines.some(isRunning)) await source.runChecks();
      return null;
    });
  };
  const isPushed = landing?.landed != null && work?.pushed?.commit === landing.landed.commit;

  useFaceKeys({
    Escape: leave,
    r: runChecks,
    q: () => !isLanded && queue(),
    g: () => failing?.last && sendFailure(failing.last.commandId),
    'Shift+P': () => isLanded && !isPushed && push(),
    'Mod+Enter': () => land(),
    'Mod+z': () => toasts.undo() || (isLanded && undo()),
  });

  const draftAnew = (): void => {
    const { message } = changed.peek();
    const { message: _, ...others } = changed.peek();
    changed.value = others;
    toasts.showToast({
      text: 'Drafted anew.',
      action: {
        label: 'Undo this',
        undoes: true,
        run: () => {
          changed.value = { ...changed.peek(), ...(message === undefined ? {} : { message }) };
        },
      },
    });
  };

  return (
    <div class="landing-pane">
      <div class={classes('landing', isLanded && 'landing-alone')}>
        <header class="face-head">
          <Button look="bare" icon="back" label="Back to the session (Esc)" class="session-back" onClick={leave} />
          <h1 class="one-line">
            {isLanded ? 'Landed' : 'Land'} · <strong>{plainLine(row?.name ?? '')}</strong>
          </h1>
          {preview !== null && !isLanded && (
            <span class="face-facts">
              <span>
                <Icon name="branch" />
                <span class="one-line">{plainLine(preview.branch ?? 'no branch')}</span> onto{' '}
                <strong>{plainLine(preview.onto)}</strong>
                {preview.behind !== null && preview.behind > 0 && ` · it moved on by ${preview.behind}`}
              </span>
            </span>
          )}
          <span class="face-end">
            <Button look="bare" onClick={() => navigation.navigate({ kind: 'landings' })}>
              The queue
            </Button>
            <Button icon="diff" onClick={review}>
              Review
            </Button>
          </span>
        </header>
        <div class="landing-body" aria-busy={preview === null && failure.value === null}>
          {landing !== null && !isLanded && <LandingNotice landing={landing} id={id} withdraw={withdraw} />}
          {isLanded && (
            <LandedView
              landing={landing}
              isPushed={isPushed}
              busy={busy.value}
              undo={undo}
              push={push}
              remove={() => {
                store.overlay.value = { kind: 'remove', id };
              }}
              again={() => {
                again.value = true;
              }}
            />
          )}
          {!isLanded && preview !== null && decided !== null && (
            <DecideForm
              preview={preview}
              runs={row?.runCount ?? 0}
              decided={decided}
              change={(part) => {
                changed.value = { ...changed.peek(), ...part };
              }}
              draftAnew={changed.value.message === undefined ? null : draftAnew}
              review={review}
              runsHooks={runsHooks.value}
              setRunsHooks={(runs) => {
                runsHooks.value = runs;
              }}
            />
          )}
          {preview === null && !isLanded && failure.value === null && <p class="quiet">Looking at what would land…</p>}
          {preview === null && !isLanded && failure.value !== null && (
            <EmptyState title="It cannot be said what would land">
              <p>{sentencesOf(failure.value)}</p>
              <Button onClick={state.refresh}>
                Look again <Keys of="R" />
              </Button>
            </EmptyState>
          )}
        </div>
        {!isLanded && preview !== null && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached with the keyboard
          <aside class="landing-aside" aria-label="What is known" tabIndex={0}>
            <CheckCard
              title="Checks"
              lines={lines}
              tails={state.tails.value}
              note={setup.value === null ? null : setupNote(setup.value)}
              look={() => actions.ask({ kind: 'setup', id })}
              isMain={failing !== undefined}
              run={runChecks}
              stop={stopCheck}
              send={sendFailure}
            />
            <ForeseenCard preview={preview} />
            <CheckoutCard
              checkouts={preview.checkouts}
              onto={preview.onto}
              lookAgain={state.refresh}
              landLater={words?.landing == null ? null : () => land(undefined, true)}
            />
            <OriginCard
              source={source}
              branch={preview.branch}
              pushed={work?.pushed ?? null}
              pullRequest={work?.pullRequest ?? null}
              told={(text) => toasts.showToast({ text })}
            />
          </aside>
        )}
        {words !== null && preview !== null && (
          <LandingFoot
            words={words}
            busy={busy.value}
            canCommit={preview.uncommitted > 0 && !isLanding && !isAtWork}
            land={() => land()}
            queue={queue}
            commit={commit}
          />
        )}
      </div>
    </div>
  );
};

/** Whether its agent was told something after it had landed: there is more to land then. */
const hasGoneOn = ({ position }: Landing, lastPromptAt: number | null): boolean =>
  lastPromptAt !== null && lastPromptAt > position;

/** What is to be known of what a repository has run; null: nothing but what is shown. */
const setupNote = ({ standing, offered }: RepositorySetupAnswer): string | null => {
  switch (standing) {
    case 'none':
      return 'This repository names no checks.';
    case 'unknown':
      return 'This repository has a setup of its own that you have not agreed to: nothing of it runs.';
    case 'declined':
      return 'You have not agreed to this repository’s setup: nothing of it runs.';
    case 'changed':
      return 'This repository’s setup has changed: the one that you know is used.';
    case 'broken':
      return 'This repository’s setup has errors: nothing of it is used.';
    case 'agreed':
      return offered !== null && offered.checks.length === 0 ? 'This repository names no checks.' : null;
  }
};
