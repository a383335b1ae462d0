import { counted } from '../../actors/protocol/facts/counted.ts';
import { dashboardStatus } from '../../actors/protocol/facts/status.ts';
import type { ActorSystemSample } from '../../actors/protocol/gateway/actor-system.ts';
import { classes } from '../components/classes.ts';
import { StatusChip } from '../components/status-chip.tsx';
import { formatRoute } from '../shell/route.ts';
import { useWindow } from '../shell/window-scope.ts';
import { plainLine } from '../state/plain-text.ts';
import { megabytes } from './figures.ts';
import { BusyMeter } from './meter.tsx';
import { RestartNote, SilenceNote } from './restarts.tsx';

type Thread = ActorSystemSample['sessions']['threads'][number];
type Session = Thread['sessions'][number];
type Agent = ActorSystemSample['agents'][number];

/** The session threads as rooms, each with the sessions that live in it. */
export const SessionRooms = ({ sample }: { readonly sample: ActorSystemSample }) => {
  const { threads, restarts } = sample.sessions;
  const agentBySession = new Map(sample.agents.map((agent) => [agent.sessionId, agent]));
  if (threads.length === 0) {
    return (
      <section class="actor actor-empty" aria-label="Session threads">
        <h2>Session threads</h2>
        <p class="quiet">No session is live. The threads are started with the first one.</p>
        <RestartNote restarts={restarts} />
      </section>
    );
  }
  return (
    <div class="rooms">
      <RestartNote restarts={restarts} />
      {threads.map((thread) => (
        <Room key={thread.threadId} thread={thread} agentBySession={agentBySession} />
      ))}
    </div>
  );
};

type RoomProps = { readonly thread: Thread; readonly agentBySession: ReadonlyMap<string, Agent> };

const Room = ({ thread, agentBySession }: RoomProps) => {
  const { threadId, sessions, sessionCount, outbox } = thread;
  const name = `Session thread ${threadId}`;
  const onTheirWay = outbox.inFlight + outbox.waiting;
  return (
    <section class="actor room" aria-label={name}>
      <header class="actor-head">
        <h2>{name}</h2>
        <BusyMeter share={thread.utilisation} label={name} />
      </header>
      <p class="actor-line quiet numbers">
        {counted(sessionCount, 'session')} · {thread.eventsPerSecond.toLocaleString()} events/s ·{' '}
        {megabytes(thread.heapUsedBytes)}
        {onTheirWay > 0 && ` · ${onTheirWay.toLocaleString()} on their way`}
      </p>
      <SilenceNote silentMs={thread.silentMs} />
      {sessionCount === 0 ? (
        <p class="room-empty quiet">Nobody is here.</p>
      ) : (
        <ul class="tenants">
          {[...sessions].sort(byId).map((session) => (
            <Tenant key={session.sessionId} session={session} agent={agentBySession.get(session.sessionId)} />
          ))}
        </ul>
      )}
      {sessionCount > sessions.length && <p class="quiet">… and {sessionCount - sessions.length} more</p>}
    </section>
  );
};

/** By creation, so that nobody changes places from one sample to the next. */
const byId = (left: Session, right: Session): number => (left.sessionId < right.sessionId ? -1 : 1);

const Tenant = ({ session, agent }: { readonly session: Session; readonly agent: Agent | undefined }) => {
  const { sessionId, status, openApprovals, pending } = session;
  const { rowsById } = useWindow().store;
  const name = plainLine(rowsById.value.get(sessionId)?.name ?? sessionId);
  return (
    <li>
      <a
        class={classes('tenant', openApprovals > 0 && 'tenant-waits')}
        href={formatRoute({ kind: 'session', id: sessionId, at: null })}
      >
        <span class="tenant-name one-line" title={name}>
          {name}
        </span>
        <span class="tenant-memory quiet numbers">{memoryOf(agent)}</span>
        <span class="tenant-state">
          {status === null ? <span class="quiet">No run yet</span> : <StatusChip status={dashboardStatus(status)} />}
        </span>
        <span class="tenant-work quiet numbers">
          {openApprovals > 0 ? 'waits for you' : pending > 0 ? `${pending.toLocaleString()} pending` : ''}
        </span>
      </a>
    </li>
  );
};

const memoryOf = (agent: Agent | undefined): string => {
  if (agent === undefined) return 'no agent';
  return agent.memoryBytes === null ? '' : megabytes(agent.memoryBytes);
};
