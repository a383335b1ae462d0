/**
 * A session actor with everything around it held by the test: the writer, the time, the agent's process and the
 * runtime. What the actor is told and what it says are those of production.
 */
import { SimulatedClock } from 'xstate';
import { encodeFact, fact, type RunFact } from '../../../actors/protocol/facts/events.ts';
import type {
  ApprovalId,
  Ordinal,
  RunId,
  RunKey,
  Seq,
  SessionId,
  Timestamp,
} from '../../../actors/protocol/facts/ids.ts';
import { isTerminal, type TerminalStatus } from '../../../actors/protocol/facts/status.ts';
import type {
  FromSession,
  HostReply,
  HostRequest,
  SessionLimits,
  SessionTask,
} from '../../../actors/protocol/threads/session-messages.ts';
import { createSessionActor } from '../../../actors/session/session-actor.ts';
import { until } from '../../support/until.ts';
import { agentThat, type Script, type StandIn, type Wire } from './agent-script.ts';
import { createHeldWriter } from './held-writer.ts';

export const limits: SessionLimits = {
  cancelRetryMs: 3_000,
  interruptDeadlineMs: 10_000,
  startDeadlineMs: 60_000,
  maxStoredTextBytes: 4_096,
  maxRecapBytes: 4_096,
};

export type WorldOptions = Partial<Omit<SessionTask, 'port' | 'limits'>> & {
  readonly script: Script;
  readonly limits?: Partial<SessionLimits>;
  /** Whether a started process reports itself at once. */
  readonly startsAtOnce?: boolean;
  /** Whether a process that is told to end does so at once. */
  readonly endsWhenTold?: boolean;
  readonly onDurable?: (fact: RunFact, time: SimulatedClock) => void;
  /** Called with what the actor says before anything comes of it: what it throws is thrown in the actor. */
  readonly onSend?: (message: FromSession) => void;
  /** What the runtime replies; null leaves the actor waiting. */
  readonly onRequest?: (request: HostRequest) => HostReply | null;
};

/** Of a log whose earlier runs are gone: what is told of them is not known, and no news. */
export const noItems: HostReply = { kind: 'known_items', items: [], isCut: true, standing: {} };

export type World = ReturnType<typeof createWorld>;

export const createWorld = (options: WorldOptions) => {
  const time = new SimulatedClock();
  const sent: FromSession[] = [];
  const heardByAgent: Wire[] = [];
  /** What became durable and what reached the agent, in one order. */
  const order: string[] = [];
  const writer = createHeldWriter((next) => {
    order.push(`durable ${next.type === 'status' ? next.payload.status : next.type}`);
    options.onDurable?.(next, time);
  });
  let runs = 0;
  let requests = 0;
  let pid = 4_000;

  const agent: StandIn = {
    say: (message) => agent.bytes(Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)),
    bytes: (bytes) => actor.receive({ kind: 'agent_output', bytes }),
    update: (update) =>
      agent.say({
        method: 'session/update',
        params: { sessionId: options.agentSessionId ?? 'conversation-1', update },
      }),
    ends: (end = {}) =>
      actor.receive({
        kind: 'agent_ended',
        end: { kind: 'exited', code: null, signal: 'SIGKILL', stderr: '', ...end },
      }),
  };

  const started = (): void => {
    pid += 1;
    actor.receive({ kind: 'agent_started', pid, startedAt: `boot ${pid}` });
  };

  const receive = (message: FromSession): void => {
    options.onSend?.(message);
    sent.push(message);
    switch (message.kind) {
      case 'start_agent':
        if (options.startsAtOnce ?? true) queueMicrotask(started);
        return;
      case 'agent_input':
        for (const line of message.text.trimEnd().split('\n')) {
          const wire = JSON.parse(line) as Wire;
          heardByAgent.push(wire);
          order.push(`agent ${wire.method ?? 'answer'}`);
          queueMicrotask(() => options.script(wire, agent));
        }
        return;
      case 'end_agent':
        order.push('agent end');
        if (options.endsWhenTold ?? true) queueMicrotask(() => agent.ends({ signal: 'SIGTERM' }));
        return;
      case 'request': {
        const reply = options.onRequest === undefined ? noItems : options.onRequest(message.request);
        if (reply === null) return;
        queueMicrotask(() => actor.receive({ kind: 'reply', requestId: message.requestId, reply }));
        return;
      }
      default:
        return;
    }
  };

  const actor = createSessionActor({
    task: {
      sessionId: 'session' as SessionId,
      folder: options.folder ?? '/nowhere',
      workingFolder: options.folder ?? '/nowhere',
      agent: options.agent ?? 'stand-in',
      loginVariables: options.loginVariables ?? [],
      agentCommand: options.agentCommand ?? 'stand-in --acp',
      protocol: options.protocol ?? 1,
      approvalPolicy: options.approvalPolicy ?? 'ask',
      mode: options.mode ?? null,
      choices: options.choices ?? {},
      defaults: options.defaults ?? {},
      agentSessionId: options.agentSessionId ?? null,
      takesUp: options.takesUp ?? false,
      forks: options.forks ?? false,
      mcpServers: options.mcpServers ?? [],
      additionalDirectories: options.additionalDirectories ?? [],
      limits: { ...limits, ...options.limits },
    },
    outbox: writer.outbox,
    send: receive,
    clock: () => (1_700_000_000_000 + time.now()) as Timestamp,
    timers: {
      setTimeout: (callback, afterMs) => time.setTimeout(callback, afterMs),
      clearTimeout: (timer) => time.clearTimeout(timer as number),
    },
    programVersion: '0.0.0',
  });

  const runKey = (): RunKey => runs as RunKey;
  const facts = (run: number = runs): readonly RunFact[] => writer.facts(run as RunKey);
  const terminal = (run: number = runs): readonly TerminalStatus[] =>
    facts(run).flatMap((next) =>
      next.type === 'status' && isTerminal(next.payload.status) ? [next.payload.status] : [],
    );
  const openApprovals = () => {
    const resolved = new Set(
      facts().flatMap((next) => (next.type === 'approval_resolved' ? [next.payload.approvalId] : [])),
    );
    return facts().flatMap((next) =>
      next.type === 'approval_requested' && !resolved.has(next.payload.approvalId) ? [next.payload] : [],
    );
  };
  const command = (send: (requestId: number) => void) => {
    requests += 1;
    const requestId = requests;
    send(requestId);
    /** The reply, as far as it has come: undefined, null (done), or an error's code. */
    return (): string | null | undefined => {
      const reply = sent.find((message) => message.kind === 'commanded' && message.requestId === requestId);
      return reply?.kind === 'commanded' ? (reply.error?.code ?? null) : undefined;
    };
  };

  return {
    actor,
    agent,
    time,
    writer,
    sent,
    heardByAgent,
    order,
    facts,
    terminal,
    openApprovals,
    started,
    /** The writer begins a run with its prompt, and hands it to the actor. Gives the run's number. */
    beginRun: (text: string): number => {
      runs += 1;
      const prompt = fact('prompt', { text, origin: 'prompt' }, 1 as Timestamp);
      writer.begin(runKey(), [encodeFact(prompt)]);
      actor.receive({
        kind: 'begin_run',
        run: {
          runId: `run-${runs}` as RunId,
          runKey: runKey(),
          ordinal: runs as Ordinal,
          lastSeq: 1 as Seq,
          facts: [prompt],
        },
      });
      return runs;
    },
    interrupt: () => command((requestId) => actor.receive({ kind: 'interrupt', requestId })),
    decide: (
      approvalId: string,
      decision: 'allow' | 'deny' | 'cancel',
      optionId: string | null = null,
      answers: Readonly<Record<string, unknown>> | null = null,
    ) =>
      command((requestId) =>
        actor.receive({ kind: 'decide', requestId, approvalId: approvalId as ApprovalId, decision, optionId, answers }),
      ),
    choose: (optionId: string, value: string | boolean) =>
      command((requestId) => actor.receive({ kind: 'choose_option', requestId, optionId, value })),
    pause: (until: number | null = null) => command((requestId) => actor.receive({ kind: 'pause', requestId, until })),
    goOn: (by: 'time' | 'person' = 'time') =>
      command((requestId) => actor.receive({ kind: 'continue', requestId, by })),
    pauses: () => facts().flatMap((next) => (next.type === 'paused' ? [next.payload] : [])),
    stop: (): void => actor.receive({ kind: 'stop' }),
    count: (kind: FromSession['kind']): number => sent.filter((message) => message.kind === kind).length,
    heard: (method: string): readonly Wire[] => heardByAgent.filter((message) => message.method === method),
    typesOf: (run?: number): readonly string[] => facts(run).map((next) => next.type),
    notes: (name: string, run?: number) =>
      facts(run).flatMap((next) => (next.type === 'note' && next.payload.note === name ? [next.payload] : [])),
    conversations: () => facts().flatMap((next) => (next.type === 'conversation' ? [next.payload] : [])),
    /** Lets the time pass in small steps, with everything that follows from each. */
    pass: async (milliseconds: number): Promise<void> => {
      for (let passed = 0; passed < milliseconds; passed += 50) {
        time.increment(Math.min(50, milliseconds - passed));
        await quiet();
      }
    },
    ended: (run: number = runs): Promise<TerminalStatus> =>
      until('the run has ended', () => sent.some(isEndOf(run)) && terminal(run)[0]),
  };
};

const isEndOf =
  (run: number) =>
  (message: FromSession): boolean =>
    message.kind === 'run_ended' && message.runId === `run-${run}`;

/** Lets everything happen that waits for nothing but its turn. */
export const quiet = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A world whose agent has got its prompt. */
export const worldInTurn = async (options: Partial<WorldOptions> = {}): Promise<World> => {
  const world = createWorld({ script: agentThat(), ...options });
  world.beginRun('Do it');
  await until('the agent has its prompt', () => world.heard('session/prompt').length === 1);
  return world;
};

/** The agent ends the turn that was begun last. */
export const endTurn = (world: World, stopReason = 'end_turn'): void => {
  const id = world.heard('session/prompt').at(-1)?.id;
  world.agent.say({ ...(id === undefined ? {} : { id }), result: { stopReason } });
};

/** The agent asks for permission, under this id of its own. */
export const askPermission = (world: World, id: number, given: Record<string, unknown> = {}): void =>
  world.agent.say({
    id,
    method: 'session/request_permission',
    params: {
      sessionId: 'conversation-1',
      toolCall: { toolCallId: `tool-${id}`, title: `Tool ${id}`, kind: 'edit' },
      options: [
        { optionId: 'always', name: 'Always', kind: 'allow_always' },
        { optionId: 'once', name: 'Once', kind: 'allow_once' },
        { optionId: 'no', name: 'No', kind: 'reject_once' },
      ],
      ...given,
    },
  });

/** What the agent was answered to its request of this id. */
export const answerTo = (world: World, id: number): unknown =>
  world.heardByAgent.find((message) => message.id === id && message.method === undefined);
