import type { ComponentChildren } from 'preact';
import { memo } from 'preact/compat';
import { useEffect } from 'preact/hooks';
import { pauseWords } from '../../../actors/model/limits/pause-words.ts';
import { workNotes } from '../../../actors/model/work/work-notes.ts';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { isCutShort } from '../../../actors/protocol/facts/run-ending.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { Age } from '../../components/age.tsx';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Icon } from '../../components/icon.tsx';
import { StatusChip } from '../../components/status-chip.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { compactCost, compactCount } from '../../state/amounts.ts';
import { isActive, isStill } from '../../state/dashboard-state.ts';
import { endingWords, loginCommand } from '../../state/ending-words.ts';
import { plainLine } from '../../state/plain-text.ts';
import { branchWords, shownBranch } from '../../state/shown-branch.ts';
import { nearTime } from '../../state/time.ts';

export const rowElementId = (id: string): string => `row-${id}`;

type RowProps = {
  readonly row: DashboardRow;
  readonly index: number;
  readonly isSelected: boolean;
  readonly isOpened: boolean;
};

/** One session: its name first; what it does and since when is quieter; what is wrong or can be done is a line below. */
export const SessionRow = memo(({ row, index, isSelected, isOpened }: RowProps) => {
  const { actions, menus, store } = useWindow();
  const { openedId, selectedId } = store;
  const showMenu = (anchor: Element | DOMRect): void =>
    menus.openMenu(anchor, `Actions for ${plainLine(row.name)}`, actions.sessionMenu(row));
  const hint = isActive(row) && row.work.pause === null ? row.recoveryHint : null;
  const note = hint ?? endNote(row);
  const [name, agent] = [plainLine(row.name), plainLine(row.agent)];
  const shortBranch = plainLine(shownBranch(row)?.replace(/^throughline\//, '') ?? folderName(row.repository));
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be virtualised
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys
    <div
      id={rowElementId(row.id)}
      class={classes('session-row', isSelected && 'is-selected', isOpened && 'is-opened')}
      role="row"
      aria-rowindex={index + 1}
      aria-selected={isSelected}
      onClick={() => {
        // Beside a session the list is what one looks through: a click shows. By itself it is what one chooses from.
        if (openedId.peek() !== null && openedId.peek() !== row.id) actions.openSession(row.id);
        else selectedId.value = row.id;
      }}
      onDblClick={() => actions.openSession(row.id)}
      onContextMenu={(event) => {
        event.preventDefault();
        selectedId.value = row.id;
        showMenu(new DOMRect(event.clientX, event.clientY, 0, 0));
      }}
    >
      {cell(
        'cell-name',
        <>
          <span
            class="row-name one-line"
            title={row.agentTitle === null ? name : `${name}: ${plainLine(row.agentTitle)}`}
          >
            {name}
          </span>
          {row.restored && (
            <span class="badge-restored" title="It was in flight when Throughline ended, and was restored as it was">
              <Icon name="restore" />
              Restored
            </span>
          )}
          {row.pendingApprovals > 0 && (
            <span class="badge-waits">
              {row.pendingApprovals === 1 ? 'Waits for approval' : `${row.pendingApprovals} approvals wait`}
            </span>
          )}
        </>,
      )}
      {cell(
        'cell-status',
        <StatusChip status={row.status} hint={note} still={isStill(row)} cutShort={isCutShort(row)} />,
      )}
      {cell(
        'cell-agent',
        <>
          <span class="one-line">{agent}</span>
          {row.asks === false && <span class="asks-nothing">asks nothing</span>}
        </>,
        row.asks === false ? `${agent}: it does not ask before it acts` : agent,
      )}
      {cell('cell-branch one-line', shortBranch, plainLine(branchWords(row) ?? row.repository))}
      {cell('cell-changes numbers', <Changes row={row} />)}
      {cell('cell-usage numbers', usageParts(row), usageInFull(row))}
      {cell('cell-age numbers', <Age at={row.lastActivityAt} />)}
      {cell(
        'cell-menu',
        <Button
          look="bare"
          icon="more"
          class="row-menu"
          tabIndex={-1}
          label={`Actions for ${name}`}
          title="Actions (.)"
          aria-haspopup="menu"
          onClick={(event) => {
            event.stopPropagation();
            selectedId.value = row.id;
            showMenu(event.currentTarget);
          }}
          onDblClick={(event) => event.stopPropagation()}
        />,
      )}
      {note !== null &&
        cell(
          classes('cell-note one-line', hint || row.status !== 'Failed' ? 'note-hint' : 'note-reason'),
          plainLine(note),
        )}
    </div>
  );
});

/** A function, not a component: a screen has two hundred of them, and the first sight of the list waits for each. */
const cell = (className: string, children: ComponentChildren, title?: string) => (
  // biome-ignore lint/a11y/useSemanticElements: a table cannot be virtualised
  // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
  <div class={className} role="gridcell" title={title}>
    {children}
  </div>
);

/**
 * What there is to say of how it ended, and of what goes on though it has: why it failed, what cut it short, that its
 * conversation is another one, what became of its work, what it left running.
 */
const endNote = (row: DashboardRow): string | null => {
  const login = loginCommand(row);
  const parts = [
    endingWords(row),
    login ?? row.failureReason,
    row.conversation === 'begun_anew' && !isActive(row) ? 'in a new conversation' : null,
    pauseWords(row, nearTime),
    ...workNotes(row.work),
    row.leftRunning > 0 ? `${counted(row.leftRunning, 'process', 'processes')} left running` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' · ');
};

const folderName = (path: string): string => path.split('/').filter(Boolean).at(-1) ?? path;

const Changes = ({ row }: { readonly row: DashboardRow }) => {
  const { changesById, watchChanges } = useWindow().changes;
  useEffect(() => watchChanges(row.id), [watchChanges, row.id]);
  const changes = changesById.value.get(row.id);
  if (changes === undefined || changes.files === 0) return null;
  const count = `${changes.files.toLocaleString()}${changes.cut ? '+' : ''}`;
  return (
    <span title={`${count} changed since ${row.worktree.base ?? 'its base'}`}>
      {count} {changes.files === 1 ? 'file' : 'files'}
    </span>
  );
};

const usageParts = ({ usage }: DashboardRow) => (
  <>
    {usage.used !== null && <span>{compactCount(usage.used)}</span>}
    {usage.cost !== null && usage.cost.amount > 0 && <span>{compactCost(usage.cost)}</span>}
  </>
);

const usageInFull = ({ usage }: DashboardRow): string | undefined => {
  if (usage.used === null) return undefined;
  const share = usage.size
    ? ` of ${usage.size.toLocaleString()} (${Math.round((usage.used / usage.size) * 100)} %)`
    : '';
  return `${counted(usage.used, 'token')}${share} in the agent’s context`;
};
