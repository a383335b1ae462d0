import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { Icon } from '../../components/icon.tsx';
import { visibleLine } from '../../session/text/visible.ts';
import { currentCommands } from '../../shell/commands.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { type Standing, standsBefore } from '../model/before-landing.ts';

/** What is known that stands before landing; what was never tried is told as that. */
export const BeforeLanding = ({ row }: { readonly row: DashboardRow }) => {
  const scope = useWindow();
  const standing = standsBefore(row.work);
  const run = currentCommands(scope).find(({ id }) => id === 'checks');
  const hasRun = Object.keys(row.work.checks).length > 0;
  return (
    <section class="pane-part" aria-label="Before landing">
      <div class="pane-title">
        <h2>Before landing</h2>
      </div>
      <ul>
        {!hasRun && (
          <li class="pane-row">
            <span class="seen" />
            <span>Checks have not run</span>
            {run !== undefined && (
              <button type="button" class="link" onClick={run.run}>
                Run
              </button>
            )}
          </li>
        )}
        {standing.map((each) => (
          <StandingRow key={each.kind === 'comments' ? 'comments' : each.check} standing={each} />
        ))}
        {hasRun && standing.every(({ kind }) => kind === 'passed') && (
          <li class="pane-row">
            <Icon name="check" class="good" />
            <span>Nothing stands in the way.</span>
          </li>
        )}
      </ul>
    </section>
  );
};

const checkIcons = { passed: 'check', running: 'play', failed: 'close' } as const;
const checkLooks = { passed: 'good', running: 'quiet', failed: 'bad' } as const;
const checkWords = { passed: 'passes', running: 'is running', failed: 'fails' } as const;

const StandingRow = ({ standing }: { readonly standing: Standing }) =>
  standing.kind === 'comments' ? (
    <li class="pane-row comment-open">
      <Icon name="comment" />
      <span>{counted(standing.count, 'comment is', 'comments are')} not sent</span>
    </li>
  ) : (
    <li class="pane-row">
      <Icon name={checkIcons[standing.kind]} class={checkLooks[standing.kind]} />
      <span>
        {visibleLine(standing.check)} {checkWords[standing.kind]}
      </span>
    </li>
  );
