import { useId } from 'preact/hooks';
import { commandIn, inputText } from '../../../actors/protocol/facts/input-text.ts';
import { Icon, type IconName } from '../../components/icon.tsx';
import { workedAndWaited } from '../../state/worked-and-waited.ts';
import type { Exit, ToolItem } from '../model/item.ts';
import type { Part } from '../model/part.ts';
import { type ToolOutcome, toolOutcome } from '../state/liveness.ts';
import { pathInFolder, useSession } from '../state/session-context.ts';
import { shortLine } from '../text/visible.ts';
import { ItemDiffs } from './item-diffs.tsx';
import { Output } from './output.tsx';
import { PartsView } from './parts-view.tsx';

const iconByKind: Readonly<Record<string, IconName>> = {
  read: 'document',
  edit: 'pencil',
  delete: 'trash',
  move: 'folder',
  search: 'search',
  execute: 'command',
  think: 'more',
  fetch: 'document',
};

const wordByKind: Readonly<Record<string, string>> = {
  read: 'Read',
  edit: 'Edit',
  delete: 'Delete',
  move: 'Move',
  search: 'Search',
  execute: 'Run',
  think: 'Think',
  fetch: 'Fetch',
};

const wordByOutcome: Readonly<Record<ToolOutcome, string>> = {
  waiting: 'waits for you',
  running: 'running',
  completed: 'done',
  failed: 'failed',
  not_done: 'not done',
  unknown: 'outcome unknown',
};

/** A tool call, folded to a line or with what went in and came out. */
export const ToolView = ({ item }: { readonly item: ToolItem }) => {
  const { live, row, folds } = useSession();
  const bodyId = useId();
  // Not a computed: that would see the item it was first drawn with.
  const outcome = toolOutcome(item, live.value);
  const fold = folds(item.key);
  const showsInput = item.input !== undefined && item.diffs.length === 0 && !saysNothingNew(item);
  const parts = partsBeside(item);
  // Where nothing else was given, this is what came out.
  const showsRaw = isTold(item.rawOutput) && item.output === null && item.diffs.length === 0 && parts.length === 0;
  const hasBody = showsInput || showsRaw || item.output !== null || item.diffs.length > 0 || parts.length > 0;
  const isOpen =
    hasBody && (fold.value ?? (item.diffs.length > 0 || item.result === 'failed' || parts.some(isPicture)));
  const kind = item.toolKind ?? 'other';
  const title = shortLine(
    withoutFolder(item.title ?? item.name ?? item.toolCallId, row.value?.worktree.path),
    maxTitleCharacters,
  );
  const exit = exitWords(item.exit);
  const places =
    item.diffs.length > 0
      ? []
      : item.locations
          .map(({ path, line }) => ({ path: shortLine(pathInFolder(path, row.value), 240), line }))
          .filter(({ path, line }) => line !== null || !title.includes(path))
          .map(({ path, line }) => (line === null ? path : `${path}:${line}`));
  return (
    <div class={`tool tool-${outcome}`}>
      <button
        type="button"
        class="tool-head"
        aria-expanded={hasBody ? isOpen : undefined}
        aria-controls={hasBody ? bodyId : undefined}
        disabled={!hasBody}
        onClick={() => {
          fold.value = !isOpen;
        }}
      >
        <Icon name={iconByKind[kind] ?? 'command'} class="tool-icon" />
        <span class="visually-hidden">{wordByKind[kind] ?? 'Tool'}</span>
        <span class="tool-title one-line" title={item.name === null ? title : `${title} (${shortLine(item.name, 80)})`}>
          {title}
        </span>
        {exit !== null && <span class="tool-exit">{exit}</span>}
        <span class={`tool-outcome tool-outcome-${outcome}`}>
          {outcome === 'completed' ? <Icon name="check" /> : null}
          <span class={outcome === 'completed' ? 'visually-hidden' : undefined}>{wordByOutcome[outcome]}</span>
        </span>
        {item.endedAt !== null && item.endedAt - item.at >= 1000 && (
          <span class="tool-time numbers">{workedAndWaited(item.endedAt - item.at, item.waitedMs)}</span>
        )}
        {hasBody && <Icon name="chevron" class="fold-mark" />}
      </button>
      {!isOpen && outcome === 'running' && item.output !== null && <LastLines text={item.output.text} />}
      {isOpen && (
        <div class="tool-body" id={bodyId}>
          {places.length > 0 && (
            <p class="tool-places">
              {places.map((path) => (
                <span class="path" key={path}>
                  {path}
                </span>
              ))}
            </p>
          )}
          {showsInput && <Output output={inputText(item.input)} label="Input" asIs />}
          <ItemDiffs diffs={item.diffs} row={row.value} proposed={outcome !== 'completed'} />
          {item.output !== null && <Output output={item.output} label="Output" />}
          {showsRaw && <Output output={inputText(item.rawOutput)} label="Output" />}
          <PartsView parts={parts} by="agent" />
          {outcome === 'not_done' && <p class="quiet">It was not allowed, so it was not done.</p>}
          {outcome === 'unknown' && (
            <p class="quiet">The run ended before this call had a result: whether it took effect is not known.</p>
          )}
        </div>
      )}
    </div>
  );
};

const maxTitleCharacters = 240;

/** Whether the input says only what the title, as it is shown, or the locations say already. */
const saysNothingNew = ({ input, locations, title }: ToolItem): boolean =>
  (title !== null && commandIn(input)?.trim() === title && title === shortLine(title, maxTitleCharacters)) ||
  (typeof input === 'object' &&
    input !== null &&
    Object.values(input).every((value) => locations.some(({ path }) => path === String(value))));

/** What is shown beside the output: a text or a terminal that it tells of already is not shown twice. */
const partsBeside = ({ parts, output }: ToolItem): readonly Part[] =>
  parts.filter(
    (part) =>
      output === null ||
      (part.kind === 'text' ? !output.text.includes(part.text.text.trim()) : part.kind !== 'terminal'),
  );

const isPicture = ({ kind }: Part): boolean => kind === 'image';

const isTold = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** How a command ended, where that was not well. */
const exitWords = (exit: Exit | null): string | null => {
  if (exit === null || exit.code === 0) return null;
  if (exit.code !== null) return `exit code ${exit.code}`;
  return exit.signal === null ? null : `ended by ${shortLine(exit.signal, 20)}`;
};

const lastLines = 3;

/** What a tool that is under way said last. */
const LastLines = ({ text }: { readonly text: string }) => {
  const lines = text.slice(-2000).trimEnd().split('\n').slice(-lastLines);
  return (
    <pre class="tool-last" aria-hidden="true">
      {lines.map((line) => shortLine(line, 200)).join('\n')}
    </pre>
  );
};

const withoutFolder = (title: string, folder: string | null | undefined): string =>
  folder ? title.replaceAll(`${folder}/`, '') : title;
