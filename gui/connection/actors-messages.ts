/** What the actors tell of themselves while somebody looks, looked at before it is believed. */
import { runStatuses } from '../../actors/protocol/facts/status.ts';
import type {
  ActorSystemSample,
  ActorsMessage,
  ClientCounts,
  Restarts,
  SessionActorSample,
  Spread,
} from '../../actors/protocol/gateway/actor-system.ts';
import type { LiveMachineEvent } from '../../actors/protocol/gateway/live-machine.ts';
import { type Guard, isEither, isListOf, isNullOr, isNumber, isOneOf, isShape, isText, isTruth } from './guard.ts';

type Sample = ActorSystemSample;
type WriterThread = NonNullable<Sample['writer']['thread']>;
type SearchThread = NonNullable<Sample['search']['thread']>;
type SessionThread = Sample['sessions']['threads'][number];

const isSpread = isShape<Spread>({ p50: isNumber, p99: isNumber, largest: isNumber });
const isRestarts = isShape<Restarts>({ total: isNumber, used: isNumber, budget: isNumber, withinMs: isNumber });
const thread = { threadId: isNumber, utilisation: isNumber };
const isCommit: Guard<[number, number]> = (value): value is [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(isNumber);

const isWriterThread = isShape<WriterThread>({
  ...thread,
  silentMs: isNumber,
  heapUsedBytes: isNumber,
  waiting: isShape<WriterThread['waiting']>({ requests: isNumber, events: isNumber }),
  paused: isTruth,
  commits: isShape<WriterThread['commits']>({
    count: isNumber,
    events: isNumber,
    last: isListOf(isCommit),
    spread: isNullOr(isShape<{ events: Spread; durationMs: Spread }>({ events: isSpread, durationMs: isSpread })),
  }),
});

const isSessionThread = isShape<SessionThread>({
  ...thread,
  silentMs: isNumber,
  eventsPerSecond: isNumber,
  heapUsedBytes: isNumber,
  sessions: isListOf(
    isShape<SessionActorSample>({
      sessionId: isText,
      run: isNumber,
      status: isOneOf(...runStatuses, null),
      openApprovals: isNumber,
      pending: isNumber,
    }),
  ),
  sessionCount: isNumber,
  outbox: isShape<SessionThread['outbox']>({ inFlight: isNumber, waiting: isNumber, acknowledged: isNumber }),
});

const isSample = isShape<Sample>({
  number: isNumber,
  at: isNumber,
  sinceMs: isNumber,
  position: isNumber,
  main: isShape<Sample['main']>({
    pid: isNumber,
    utilisation: isNumber,
    delayMs: isSpread,
    heapUsedBytes: isNumber,
    memoryBytes: isNumber,
  }),
  writer: isShape<Sample['writer']>({
    thread: isNullOr(isWriterThread),
    eventsPerSecond: isNumber,
    restarts: isRestarts,
  }),
  sessions: isShape<Sample['sessions']>({ threads: isListOf(isSessionThread), restarts: isRestarts }),
  readers: isShape<Sample['readers']>({
    threads: isListOf(isShape<Sample['readers']['threads'][number]>(thread)),
    waiting: isNumber,
    answersPerSecond: isNumber,
  }),
  search: isShape<Sample['search']>({
    thread: isNullOr(isShape<SearchThread>({ ...thread, silentMs: isNumber, indexedUpTo: isNumber })),
    restarts: isRestarts,
  }),
  agents: isListOf(
    isShape<Sample['agents'][number]>({
      sessionId: isText,
      pid: isNumber,
      memoryBytes: isNullOr(isNumber),
      outputBytesPerSecond: isNumber,
    }),
  ),
  agentCount: isNumber,
  clients: isShape<ClientCounts>({ dashboards: isNumber, tails: isNumber, actors: isNumber }),
});

type Told<Name extends LiveMachineEvent['type']> = Extract<LiveMachineEvent, { readonly type: Name }>;
type Timer = Told<'@xstate.actor'>['timers'][number];
type Transition = Told<'@xstate.microstep'>['transitions'][number];

const place = { run: isNumber, at: isNumber };
const isStates = isListOf(isText);
const timer = { delay: isText, delayMs: isNumber, state: isText };

const isMachineEvent: Guard<LiveMachineEvent> = isEither(
  isShape<Told<'@xstate.actor'>>({
    type: isOneOf('@xstate.actor'),
    ...place,
    states: isStates,
    timers: isListOf(isShape<Timer>(timer)),
  }),
  isShape<Told<'@xstate.event'>>({
    type: isOneOf('@xstate.event'),
    ...place,
    event: isText,
    seq: isNullOr(isNumber),
    says: isText,
  }),
  isShape<Told<'@xstate.action'>>({ type: isOneOf('@xstate.action'), ...place, action: isText }),
  isShape<Told<'timer_set'>>({ type: isOneOf('timer_set'), ...place, ...timer }),
  isShape<Told<'timer_cancelled'>>({ type: isOneOf('timer_cancelled'), ...place, delay: isText, state: isText }),
  isShape<Told<'@xstate.microstep'>>({
    type: isOneOf('@xstate.microstep'),
    ...place,
    from: isStates,
    to: isStates,
    transitions: isListOf(isShape<Transition>({ id: isText, guard: isNullOr(isText), actions: isListOf(isText) })),
  }),
  isShape<Told<'@xstate.snapshot'>>({
    type: isOneOf('@xstate.snapshot'),
    ...place,
    states: isStates,
    status: isOneOf('active', 'done', 'error', 'stopped'),
  }),
);

type Kind<Name extends ActorsMessage['kind']> = Extract<ActorsMessage, { readonly kind: Name }>;

export const isActorsMessage: Guard<ActorsMessage> = isEither(
  isShape<Kind<'sample'>>({ kind: isOneOf('sample'), sample: isSample }),
  isShape<Kind<'machine'>>({
    kind: isOneOf('machine'),
    sessionId: isText,
    events: isListOf(isMachineEvent),
    dropped: isNumber,
  }),
);
