import { useSignal } from '@preact/signals';
import type { SessionWork, Snapshot } from '../../../actors/protocol/gateway/work.ts';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { isUnderWay } from '../../shell/actions.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { changesWords, nameOf } from '../../state/snapshot-words.ts';
import { fullTime, timeOfDay } from '../../state/time.ts';
import { useSession } from '../state/session-context.ts';
import { sizeText } from '../text/excerpt.ts';
import { visibleLine } from '../text/visible.ts';
import { DiscardedList } from './discarded-list.tsx';

/** The states of the tree that are kept, the newest first: what can be gone back to, compared and forked from. */
export const SnapshotsPanel = () => {
  const { showSnapshots, work, row } = useSession();
  const chosen = useSignal<number | null>(null);
  const known = work.value;
  const snapshots = known?.snapshots.toReversed() ?? [];
  const isAtWork = row.value !== null && isUnderWay(row.value);

  /** The arrows go from one to the next. */
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const names = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('.bead-name')];
    const at = names.indexOf(document.activeElement as HTMLElement);
    if (step === undefined || at === -1) return;
    event.preventDefault();
    event.stopPropagation();
    names[at + step]?.focus();
  };

  return (
    <aside class="snapshots" aria-label="Snapshots">
      <header class="panel-head">
        <h2>Snapshots</h2>
        {known !== null && <span class="quiet">{snapshots.length.toLocaleString()} kept</span>}
        <Button
          look="bare"
          icon="close"
          label="Close snapshots (H)"
          onClick={() => {
            showSnapshots.value = false;
          }}
        />
      </header>
      {known !== null && snapshots.length === 0 && (
        <p class="panel-note quiet">None yet: the tree is kept at the start and the end of each run.</p>
      )}
      <ol class="thread-rail" onKeyDown={onKeyDown}>
        {snapshots.length > 0 && <Now isAtWork={isAtWork} />}
        {snapshots.map((snapshot, index) => (
          <Bead
            key={snapshot.snapshot}
            snapshot={snapshot}
            previous={snapshots[index + 1]}
            isChosen={(chosen.value ?? snapshots[0]?.snapshot) === snapshot.snapshot}
            choose={() => {
              chosen.value = snapshot.snapshot;
            }}
          />
        ))}
      </ol>
      {known !== null && <NotWhole work={known} />}
      <DiscardedList />
    </aside>
  );
};

/** How the tree is now is measured when somebody compares it: that keeps it, too. */
const Now = ({ isAtWork }: { readonly isAtWork: boolean }) => (
  <li class="bead bead-now">
    <i aria-hidden="true" />
    <strong>Now</strong>
    <span class="bead-what quiet">{isAtWork ? 'its agent is at work' : 'the tree as it is'}</span>
  </li>
);

type BeadProps = {
  readonly snapshot: Snapshot;
  readonly previous: Snapshot | undefined;
  readonly isChosen: boolean;
  readonly choose: () => void;
};

const Bead = ({ snapshot, previous, isChosen, choose }: BeadProps) => {
  const { actions, navigation } = useWindow();
  const { id } = useSession();
  const { at, snapshot: number } = snapshot;
  return (
    <li class={classes('bead', isChosen && 'is-chosen')}>
      <i aria-hidden="true" />
      <button type="button" class="bead-name" aria-expanded={isChosen} onClick={choose}>
        {nameOf(snapshot)}
      </button>
      <time class="bead-end numbers" dateTime={new Date(at).toISOString()} title={fullTime(at)}>
        {timeOfDay(at)}
      </time>
      <span class="bead-what quiet">{visibleLine(changesWords(snapshot, previous))}</span>
      {isChosen && (
        <span class="bead-acts">
          <Button tellsRuntime onClick={() => actions.ask({ kind: 'put-back', id, snapshot: number })}>
            Put back…
          </Button>
          <Button tellsRuntime onClick={() => actions.ask({ kind: 'fork', id, snapshot: number })}>
            Fork…
          </Button>
          <Button onClick={() => navigation.navigate({ kind: 'review', id, range: `S${number}..now` })}>
            Compare with now
          </Button>
        </span>
      )}
    </li>
  );
};

const mostNotes = 4;

/** What of a tree a snapshot does not hold: putting it back would not bring that back. */
const NotWhole = ({ work }: { readonly work: SessionWork }) => {
  const pointers = new Map(
    work.snapshots.flatMap(({ pointers: files = [] }) => files.map((file) => [file.path, file.bytes] as const)),
  );
  const missing = new Map(
    work.snapshots.flatMap(({ missing: files = [] }) => files.map((file) => [file.path, file.why] as const)),
  );
  if (pointers.size + missing.size === 0) return null;
  return (
    <div class="panel-note quiet">
      {[...pointers].slice(0, mostNotes).map(([path, bytes]) => (
        <p key={path}>
          {visibleLine(path)} ({sizeText(bytes)}) is kept by size and hash only: putting back does not bring it back.
        </p>
      ))}
      {[...missing].slice(0, mostNotes).map(([path, why]) => (
        <p key={path}>
          {visibleLine(path)} is not kept: {visibleLine(why)}.
        </p>
      ))}
    </div>
  );
};
