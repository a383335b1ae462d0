import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { shortCommit } from '../../../actors/protocol/facts/short-commit.ts';
import type { BlamedLines } from '../../../actors/protocol/gateway/origin-routes.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Keys } from '../../components/keys.tsx';
import { visibleLine, visibleText } from '../../session/text/visible.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { sentencesOf } from '../../state/sentence.ts';
import { fullTime, shortDate, timeOfDay } from '../../state/time.ts';
import { betweenWords } from '../model/line-reasons.ts';
import { type ReviewScope, useReview } from '../state/review-context.ts';
import type { AskedLine } from '../state/whose-lines.ts';

/** Asks about the line that the cursor stands on; false where there is none of the file as it is. */
export const askWhy = ({ cursor, whose }: ReviewScope): boolean => {
  const entry = cursor.entry();
  const chosen = cursor.chosen();
  if (entry === null || chosen === null || chosen.side === 'before') return false;
  whose.asked.value = { entry, line: chosen.from };
  return true;
};

/** Why a line is there: the session, the run, what was asked for, the step, and how it came to where it is. */
export const WhyDialog = () => {
  const { asked } = useReview().whose;
  const about = asked.value;
  return about === null ? null : <Why key={about.line} about={about} close={() => (asked.value = null)} />;
};

const Why = ({ about: { entry, line }, close }: { readonly about: AskedLine; readonly close: () => void }) => {
  const found = useReview().whose.of(entry).value;
  const at = document.querySelector('.code-line.has-cursor .line-text')?.getBoundingClientRect() ?? null;
  const block = found.kind === 'found' ? found.reasons.of(line) : null;
  return (
    <Dialog title={`Why line ${line.toLocaleString()}`} onClose={close} at={at} class="why">
      <div aria-live="polite" aria-busy={found.kind === 'finding'}>
        {found.kind === 'finding' && <p class="quiet">Looking for who wrote it…</p>}
        {found.kind === 'failed' && <p class="field-problem">{sentencesOf(found.error)}</p>}
        {found.kind === 'found' && block === null && <p>It is not in the worktree any more.</p>}
        {block !== null && <Reason block={block} path={entry.path} />}
      </div>
      {block?.session?.name != null && <Ways block={block} close={close} />}
    </Dialog>
  );
};

const Reason = ({ block, path }: { readonly block: BlamedLines; readonly path: string }) => {
  const { by, session, run, prompt, event, between, commit, landed } = block;
  if (session === null) {
    return commit === null ? (
      <p>Not committed, and no session wrote it.</p>
    ) : (
      <p>
        No session wrote it: commit <code>{shortCommit(commit.id)}</code>, {visibleLine(commit.author)},{' '}
        {shortDate(commit.at)}.<br />
        <span class="quiet">{visibleLine(commit.subject)}</span>
      </p>
    );
  }
  const moved = commit === null ? '' : movedWords(commit, block.from, path);
  return (
    <ol class="why-chain">
      <Link name="Session">
        <strong>{visibleLine(session.name ?? 'A removed session')}</strong>
        {session.agent !== null && ` · ${visibleLine(session.agent)}`}
      </Link>
      {prompt !== null && (
        <Link name={`Run ${run}`}>
          <time title={fullTime(prompt.at)}>{timeOfDay(prompt.at)}</time>, asked by you
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached with the keyboard */}
          <blockquote tabIndex={0}>{visibleText(prompt.text)}</blockquote>
        </Link>
      )}
      {event === null ? (
        <Link name={by === 'between_runs' ? 'Between runs' : 'Step'}>{betweenWords(between)}; no step names it.</Link>
      ) : (
        <Link name="Step">
          {visibleLine(event.title ?? event.type.replaceAll('_', ' '))},{' '}
          <time title={fullTime(event.at)}>{timeOfDay(event.at)}</time>{' '}
          <span class="quiet">· event {event.position.toLocaleString()}</span>
        </Link>
      )}
      {landed !== null && (
        <Link name="Landed">
          <time title={fullTime(landed.at)}>{timeOfDay(landed.at)}</time> as <code>{shortCommit(landed.commit)}</code>{' '}
          on {visibleLine(landed.onto)} <span class="quiet">{moved}</span>
        </Link>
      )}
      {landed === null && commit !== null && (
        <Link name="Committed">
          as <code>{shortCommit(commit.id)}</code>: {visibleLine(commit.subject)} <span class="quiet">{moved}</span>
        </Link>
      )}
      {commit === null && <Link name="Now">In the worktree, not committed</Link>}
    </ol>
  );
};

/** Where it was when it was committed, if that is not where it is. */
const movedWords = (commit: NonNullable<BlamedLines['commit']>, from: number, path: string): string => {
  const elsewhere = commit.path === '' || commit.path === path ? '' : ` · then in ${visibleLine(commit.path)}`;
  const by = from - commit.line;
  return `${elsewhere}${by === 0 ? '' : ` · moved ${by > 0 ? 'down' : 'up'} by ${counted(Math.abs(by), 'line')} since`}`;
};

const Link = ({ name, children }: { readonly name: string; readonly children: ComponentChildren }) => (
  <li>
    <i aria-hidden="true" />
    <span class="quiet">{name}</span>
    <div>{children}</div>
  </li>
);

/** Where to go from there. */
const Ways = ({ block, close }: { readonly block: BlamedLines; readonly close: () => void }) => {
  const { actions, navigation } = useWindow();
  const { files, id: here } = useReview();
  const foot = useRef<HTMLElement>(null);
  // It may have come long after the dialog.
  useLayoutEffect(() => foot.current?.querySelector('button')?.focus(), []);
  const { session, run, event, between } = block;
  if (session === null) return null;
  const { id } = session;
  const at = event ?? (run === null ? null : { run, seq: 1 });
  const range =
    run !== null
      ? `run:${run}`
      : between?.from != null && between.to !== null
        ? `S${between.from}..S${between.to}`
        : null;
  const isHere = id === here && range === files.range.value;
  const away = (go: () => void) => (): void => {
    close();
    go();
  };
  const showChange = (): void => {
    if (range === null) return;
    if (id === here) files.choose(range);
    else navigation.navigate({ kind: 'review', id, range });
  };
  return (
    <footer ref={foot} class="dialog-foot why-foot">
      <Button
        look="primary"
        autofocus
        onClick={away(() =>
          navigation.navigate({ kind: 'session', id, at: at === null ? null : { run: at.run, seq: at.seq } }),
        )}
      >
        {at === null ? 'Open the session' : 'Open the timeline there'} <Keys of="Enter" />
      </Button>
      {range !== null && !isHere && (
        <Button look="bare" onClick={away(showChange)}>
          The change
        </Button>
      )}
      {event !== null && (
        <Button
          look="bare"
          tellsRuntime
          onClick={away(() =>
            actions.ask({ kind: 'fork', id, snapshot: null, before: { run: event.run, seq: event.seq } }),
          )}
        >
          Fork from before…
        </Button>
      )}
    </footer>
  );
};
