import { isCutShort } from '../../../actors/protocol/facts/run-ending.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Keys } from '../../components/keys.tsx';
import { StatusChip } from '../../components/status-chip.tsx';
import { visibleLine } from '../../session/text/visible.ts';
import { currentCommands } from '../../shell/commands.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { standsBefore } from '../model/before-landing.ts';
import { useReview } from '../state/review-context.ts';

export type ReviewHeadProps = { readonly row: DashboardRow | undefined; readonly onLeave: () => void };

/** Whose review it is, how the session stands, and what comes after it. */
export const ReviewHead = ({ row, onLeave }: ReviewHeadProps) => {
  const { actions, menus } = useWindow();
  const { files, showsPane } = useReview();
  const answer = files.answer.value;
  const branch = answer?.branch ?? row?.worktree.branch ?? null;
  const inTheWay = row === undefined ? 0 : standsBefore(row.work).filter(({ kind }) => kind !== 'passed').length;
  return (
    <header class="face-head">
      <Button look="bare" icon="back" label="Back to the timeline (Esc)" class="session-back" onClick={onLeave} />
      <h1 class="one-line">
        Review · <strong>{visibleLine(row?.name ?? '')}</strong>
      </h1>
      <span class="face-facts">
        {row !== undefined && <StatusChip status={row.status} still={row.restored} cutShort={isCutShort(row)} />}
        {branch !== null && (
          <span class="one-line" title="Branch">
            <Icon name="branch" />
            {visibleLine(branch)}
          </span>
        )}
        {answer !== null && (answer.behind ?? 0) > 0 && (
          <span>
            {visibleLine(answer.base?.name ?? 'the base')} moved on by {(answer.behind ?? 0).toLocaleString()}
          </span>
        )}
      </span>
      <span class="face-end">
        {inTheWay > 0 && (
          <Button
            look="bare"
            class="state-warn show-narrow"
            icon="warning"
            onClick={() => {
              showsPane.value = true;
            }}
          >
            {inTheWay} before landing
          </Button>
        )}
        <FaceCommand id="checks" title="Checks" class="hide-narrow" />
        <FaceCommand id="land" title="Land…" keys="Shift+L" />
        {row !== undefined && (
          <Button
            look="bare"
            icon="more"
            label="Actions"
            aria-haspopup="menu"
            onClick={({ currentTarget }) => menus.openMenu(currentTarget, 'Actions', actions.sessionMenu(row))}
          />
        )}
      </span>
    </header>
  );
};

type FaceCommandProps = {
  readonly id: string;
  readonly title: string;
  readonly keys?: string;
  readonly class?: string;
};

/** What another part of the window does, if it is there. */
const FaceCommand = ({ id, title, keys, class: extra }: FaceCommandProps) => {
  const scope = useWindow();
  const command = currentCommands(scope).find((each) => each.id === id);
  if (command === undefined) return null;
  return (
    <Button icon={command.icon} tellsRuntime {...(extra === undefined ? {} : { class: extra })} onClick={command.run}>
      {title}
      {keys !== undefined && (
        <span class="hide-narrowest">
          <Keys of={keys} />
        </span>
      )}
    </Button>
  );
};
