import { isCutShort } from '../../../actors/protocol/facts/run-ending.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Keys } from '../../components/keys.tsx';
import { StatusChip } from '../../components/status-chip.tsx';
import { visibleLine } from '../../session/text/visible.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { isStill } from '../../state/dashboard-state.ts';
import { useReview } from '../state/review-context.ts';
import { standingNow } from './before-landing.tsx';

export type ReviewHeadProps = { readonly row: DashboardRow | undefined; readonly onLeave: () => void };

/** Whose review it is, how the session stands, and what comes after it. */
export const ReviewHead = ({ row, onLeave }: ReviewHeadProps) => {
  const { actions, menus, navigation, toasts } = useWindow();
  const scope = useReview();
  const { before, comments, files, id, showsPane, source } = scope;
  const answer = files.answer.value;
  const branch = answer?.branch ?? row?.worktree.branch ?? null;
  const inTheWay = row === undefined ? 0 : standingNow(scope, row).filter(({ kind }) => kind !== 'passed').length;
  const hasChecks = (before.known.value?.checks.length ?? 0) > 0;
  const isLandingNext = comments.open.value.length === 0;
  return (
    <header class="face-head">
      <Button look="bare" icon="back" label="Back to the timeline (Esc)" class="session-back" onClick={onLeave} />
      <h1 class="one-line">
        Review · <strong>{visibleLine(row?.name ?? '')}</strong>
      </h1>
      <span class="face-facts">
        {row !== undefined && <StatusChip status={row.status} still={isStill(row)} cutShort={isCutShort(row)} />}
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
        {hasChecks && (
          <Button
            icon="play"
            class="hide-narrow"
            tellsRuntime
            title="Run the repository’s checks"
            onClick={() => void source.runChecks().catch(toasts.showError)}
          >
            Checks
          </Button>
        )}
        <Button
          look={isLandingNext ? 'primary' : 'quiet'}
          icon="land"
          onClick={() => navigation.navigate({ kind: 'land', id })}
        >
          Land…
          <span class="hide-narrowest">
            <Keys of={isLandingNext ? 'Mod+Enter' : 'Shift+L'} />
          </span>
        </Button>
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
