import type { Landing } from '../../../actors/protocol/gateway/work.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { plainLine, plainText } from '../../state/plain-text.ts';
import { beadsOf, isOnItsWay } from '../model/landing-beads.ts';
import { QueueSteps } from './queue-steps.tsx';

export type LandingNoticeProps = {
  readonly landing: Landing;
  readonly id: string;
  readonly withdraw: () => void;
};

/** How the newest landing stands: on its way, given back with its task, or held by something in its way. */
export const LandingNotice = ({ landing, id, withdraw }: LandingNoticeProps) => {
  const { held, onto, returned, state, waits, words } = landing;
  if (isOnItsWay(state)) {
    return (
      <section class="card landing-notice" aria-label="On its way">
        <div class="queue-row">
          <span class="queue-place">
            <Icon name="wait" />
          </span>
          <span class="queue-name">On its way onto {plainLine(onto)}</span>
          <QueueSteps beads={beadsOf(state, returned?.why ?? null)} />
          <span class="queue-say" aria-live="polite">
            {plainLine(words ?? 'It waits for its turn.')}
          </span>
        </div>
        <footer class="card-foot">
          <span>The queue goes on when this window is closed.</span>
          <Button tellsRuntime onClick={withdraw}>
            Take it out
          </Button>
        </footer>
      </section>
    );
  }
  if (state === 'returned') {
    return <GivenBack id={id} name={null} words={words} task={returned?.task ?? null} />;
  }
  if (state !== 'held') return null;
  return (
    <section class="card landing-notice" aria-label="Held">
      <header class="card-head">
        <Icon name="warning" class="says-warn" />
        <h2>{plainLine(onto)} stays where it is</h2>
      </header>
      <div class="card-row">
        <Icon name="wait" class="quiet" />
        <p>{plainLine(words ?? '')}</p>
        {held !== null && held.paths.length > 0 && (
          <p class="card-sub">
            <code>{held.paths.map(plainLine).join(', ')}</code>
          </p>
        )}
      </div>
      <footer class="card-foot">
        <span>{waits ? 'It lands as soon as that is out of the way.' : 'Nothing of it is on the branch.'}</span>
        <Button tellsRuntime onClick={withdraw}>
          Take it out
        </Button>
      </footer>
    </section>
  );
};

export type GivenBackProps = {
  readonly id: string;
  /** The session's, where it is not the one that is looked at. */
  readonly name: string | null;
  readonly words: string | null;
  /** What its agent was given to do, whole. */
  readonly task: string | null;
};

/** What was given back to a session: why, and the whole task, as its agent got it. */
export const GivenBack = ({ id, name, words, task }: GivenBackProps) => {
  const { actions, store } = useWindow();
  const row = store.rowsById.value.get(id);
  return (
    <section class="card landing-notice" aria-label={name === null ? 'Given back' : `Given back: ${plainLine(name)}`}>
      <header class="card-head">
        <Icon name="warning" class="says-warn" />
        <h2>{name === null ? 'Given back to its agent' : `${plainLine(name)}: what was given back`}</h2>
        <span class="card-end">
          <Button look="bare" onClick={() => actions.openSession(id)}>
            Open the session
          </Button>
          {row?.worktree.path && (
            <Button look="bare" tellsRuntime onClick={() => actions.openWorktree(row)}>
              Solve it myself…
            </Button>
          )}
        </span>
      </header>
      {words !== null && (
        <div class="card-row">
          <Icon name="back" class="quiet" />
          <p>{plainLine(words)}</p>
        </div>
      )}
      {task !== null && (
        // biome-ignore lint/a11y/useSemanticElements: a group of texts, not of fields
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached with the keyboard
        <div class="tail task-text" role="group" aria-label="The task its agent got" tabIndex={0}>
          <p class="tail-above">The task its agent got</p>
          <pre>{plainText(task)}</pre>
        </div>
      )}
    </section>
  );
};
