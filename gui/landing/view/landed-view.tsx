import { counted } from '../../../actors/protocol/facts/counted.ts';
import { shortCommit } from '../../../actors/protocol/facts/short-commit.ts';
import type { Landing } from '../../../actors/protocol/gateway/work.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Keys } from '../../components/keys.tsx';
import { DiffCounts } from '../../session/items/item-diffs.tsx';
import { plainLine } from '../../state/plain-text.ts';
import { timeOfDay } from '../../state/time.ts';

export type LandedViewProps = {
  readonly landing: Landing;
  readonly isPushed: boolean;
  readonly busy: boolean;
  readonly undo: () => void;
  readonly push: () => void;
  readonly remove: () => void;
  readonly again: () => void;
};

/** What became of it, how it can be taken back, and what comes next. */
export const LandedView = ({ landing, isPushed, busy, undo, push, remove, again }: LandedViewProps) => {
  const { landed, prepared, onto } = landing;
  if (landed === null) return null;
  const [branch, commit] = [plainLine(onto), shortCommit(landed.commit)];
  return (
    <div class="landing-column landed">
      <section class="notice notice-good" aria-label="Landed">
        <Icon name="check" />
        <div>
          <h2>
            On {branch} as <code>{commit}</code>
          </h2>
          <p>
            {prepared !== null && (
              <>
                {counted(prepared.commits, 'commit')}, {counted(prepared.files, 'file')}
                <DiffCounts added={prepared.additions} removed={prepared.deletions} />,{' '}
              </>
            )}
            on top of <code>{shortCommit(landed.old)}</code> at {timeOfDay(landed.at)}.{' '}
            {isPushed ? 'It is pushed.' : 'Nothing was pushed.'}
          </p>
        </div>
      </section>
      <section class="card happened" aria-label="What happened">
        <header class="card-head">
          <h2>What happened</h2>
          <span class="card-end">events of this session</span>
        </header>
        <div class="card-row">
          <span class="quiet numbers">{timeOfDay(landed.at)}</span>
          <p>
            {branch} moved from <code>{shortCommit(landed.old)}</code> to <code>{commit}</code>, in one step: nobody saw
            it half done
          </p>
        </div>
        {landed.checkouts.map(({ path, outcome, why }) => (
          <div key={path} class="card-row">
            <span class="quiet numbers">{timeOfDay(landed.at)}</span>
            <p>
              The checkout {plainLine(path)} {outcome === 'followed' ? 'followed' : 'was left as it is'}
              {why === null ? '' : `: ${plainLine(why)}`}
            </p>
          </div>
        ))}
      </section>
      <section class="card" aria-label="Ways back">
        <header class="card-head">
          <h2>Ways back</h2>
        </header>
        <div class="card-row">
          <Icon name="restore" class="says-now" />
          <p>
            <strong>Undo this landing</strong>: {branch} goes back to <code>{shortCommit(landed.old)}</code>
          </p>
          <span class="card-end">
            <Button tellsRuntime disabled={isPushed || busy} onClick={undo}>
              Undo <Keys of="Mod+Z" />
            </Button>
          </span>
          <p class="card-sub">
            {isPushed
              ? 'It is pushed: others may have it. Revert it with git, as one more commit.'
              : `Possible while ${branch} is at ${commit} and that is not pushed. The commit is kept for 30 days.`}
          </p>
        </div>
      </section>
      <section class="card" aria-label="And now">
        <header class="card-head">
          <h2>And now</h2>
        </header>
        {!isPushed && (
          <div class="card-row">
            <Icon name="send" class="quiet" />
            <p>Push {branch}</p>
            <span class="card-end">
              <Button tellsRuntime disabled={busy} onClick={push}>
                Push <Keys of="Shift+P" />
              </Button>
            </span>
            <p class="card-sub">It can then be undone no more: only reverted.</p>
          </div>
        )}
        <div class="card-row">
          <Icon name="land" class="quiet" />
          <p>Land what has changed since</p>
          <span class="card-end">
            <Button onClick={again}>Land again…</Button>
          </span>
        </div>
        <div class="card-row">
          <Icon name="folder" class="quiet" />
          <p>Remove the session and its worktree</p>
          <span class="card-end">
            <Button tellsRuntime onClick={remove}>
              Remove…
            </Button>
          </span>
          <p class="card-sub">
            What of it is not on {branch} is kept under a ref of the repository, and can be restored.
          </p>
        </div>
      </section>
    </div>
  );
};
