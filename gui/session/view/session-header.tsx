import { isCutShort } from '../../../actors/protocol/facts/run-ending.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { Age } from '../../components/age.tsx';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { StatusChip } from '../../components/status-chip.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { compactCost, compactCount } from '../../state/amounts.ts';
import { isStill } from '../../state/dashboard-state.ts';
import { endingWords, loginCommand } from '../../state/ending-words.ts';
import { branchWords, shownBranch } from '../../state/shown-branch.ts';
import { useSession } from '../state/session-context.ts';
import { visibleLine } from '../text/visible.ts';
import { AgentOptions } from './agent-options.tsx';
import { SessionName } from './session-name.tsx';

/** What session this is, how it stands, and what can be done with it. */
export const SessionHeader = () => {
  const { actions, menus } = useWindow();
  const { row } = useSession();
  const session = row.value;
  return (
    <header class="session-header">
      <div class="session-title">
        <Button look="bare" icon="back" label="Close the session" class="session-back" onClick={actions.closeSession} />
        <SessionName />
        {session !== null && (
          <>
            <StatusChip
              status={session.status}
              hint={session.recoveryHint}
              still={isStill(session)}
              cutShort={isCutShort(session)}
            />
            <Button
              look="bare"
              icon="inspect"
              class="session-inspect"
              title="See the machine of this session, live and back in time (I)"
              onClick={() => actions.inspectSession(session.id)}
            >
              Inspect
            </Button>
            <Button
              look="bare"
              icon="more"
              label="Actions"
              class="session-actions"
              onClick={({ currentTarget }) =>
                menus.openMenu(
                  currentTarget,
                  'Actions',
                  actions.sessionMenu(session).filter((item) => item === 'line' || item.label !== 'Open'),
                )
              }
            />
          </>
        )}
      </div>
      {session !== null && <Facts session={session} />}
      <AgentOptions />
    </header>
  );
};

/** Why it ended as it did, and what lets its person in again. */
const Ending = ({ session }: { readonly session: DashboardRow }) => {
  const { actions } = useWindow();
  const words = endingWords(session);
  const command = loginCommand(session);
  if (words === null) return null;
  return (
    <li class="session-ending">
      <strong>{words}</strong>
      {command !== null && (
        <>
          {': '}
          <code>{visibleLine(command)}</code>
          <Button
            look="bare"
            icon="copy"
            label="Copy the command"
            onClick={() => actions.copyText(command, 'command')}
          />
        </>
      )}
    </li>
  );
};

const Facts = ({ session }: { readonly session: DashboardRow }) => {
  const { used, size, cost } = session.usage;
  const branch = shownBranch(session) ?? (session.work.snapshots > 0 ? 'no branch' : null);
  return (
    <ul class="session-facts">
      {session.failureReason !== null && (
        <li class="session-reason" title={visibleLine(session.failureReason)}>
          {visibleLine(session.failureReason)}
        </li>
      )}
      <Ending session={session} />
      {session.agentTitle !== null && visibleLine(session.agentTitle) !== visibleLine(session.name) && (
        <li class="session-agent-title" title="What the agent calls this">
          “{visibleLine(session.agentTitle)}”
        </li>
      )}
      <li title="Agent">{visibleLine(session.agent)}</li>
      {session.asks === false && (
        <li class="asks-nothing" title="This agent does not ask before it acts">
          asks nothing
        </li>
      )}
      {session.conversation === 'begun_anew' && (
        <li class="asks-nothing" title="The agent could not take the earlier conversation up: a new one was begun">
          in a new conversation
        </li>
      )}
      {branch !== null && (
        <li title={`Branch: ${visibleLine(branchWords(session) ?? branch)}`} class="session-fact">
          <Icon name="branch" />
          {visibleLine(branch)}
        </li>
      )}
      <li title={visibleLine(session.repository)} class="session-fact">
        <Icon name="folder" />
        {visibleLine(session.repository.split('/').at(-1) ?? session.repository)}
      </li>
      {used !== null && (
        <li class="numbers" title="Tokens in the agent’s context">
          {compactCount(used)}
          {size !== null && ` of ${compactCount(size)}`} tokens
        </li>
      )}
      {cost !== null && (
        <li class="numbers" title="Cost">
          {compactCost(cost)}
        </li>
      )}
      <li>
        <Age at={session.lastActivityAt} class="numbers" />
      </li>
    </ul>
  );
};
