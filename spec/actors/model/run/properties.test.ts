/** Laws of a run that hold for every course it can take. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Actor, createActor, type SimulatedClock } from 'xstate';
import {
  applyToSession,
  type SessionState,
  unbornSession,
} from '../../../../actors/model/dashboard/session-projection.ts';
import {
  abandonedRunClosed,
  interruptEscalates,
  interruptRequested,
  runFailed,
  runInterrupted,
  turnEnded,
} from '../../../../actors/model/run/decide.ts';
import { afterFact, beginningOfRun, foldRun, machineHears } from '../../../../actors/model/run/fold-run.ts';
import { type RunSnapshot, runMachine, statusOf } from '../../../../actors/model/run/machine.ts';
import { type EventPlace, type Fact, fact, type RunFact } from '../../../../actors/protocol/facts/events.ts';
import type { Ordinal, Position, RunKey, Seq, SessionKey, Timestamp } from '../../../../actors/protocol/facts/ids.ts';
import { isTerminal } from '../../../../actors/protocol/facts/status.ts';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import { agentThat } from '../../session/agent-script.ts';
import { answerTo, askPermission, createWorld, endTurn, limits, quiet } from '../../session/world.ts';

const test = suite('laws of a run', { timeLimitMs: 180_000 });

const at = 1 as Timestamp;
const prompt = fact('prompt', { text: 'Do it', origin: 'prompt' }, at);

/** What may happen to a run; each gives what is recorded of it where the run stands. */
const happenings: Readonly<Record<string, (run: RunSnapshot, n: number) => readonly RunFact[]>> = {
  begins: (run) => (statusOf(run) === 'queued' ? [fact('status', { status: 'starting' }, at)] : []),
  runs: (run) => (statusOf(run) === 'starting' ? [fact('status', { status: 'running' }, at)] : []),
  speaks: () => [fact('message', { text: 'x' }, at)],
  calls: (_, n) => [fact('tool_call', { toolCallId: `${n % 4}` }, at)],
  results: (_, n) => [fact('tool_result', { toolCallId: `${n % 4}`, status: 'completed' }, at)],
  asks: (run, n) =>
    statusOf(run) === 'running'
      ? [fact('approval_requested', { approvalId: `${n}`, toolCallId: 't', title: 'T', options: [] }, at)]
      : [],
  answers: (run, n) =>
    run.context.openApprovals.length === 0 || isTerminal(statusOf(run))
      ? []
      : [
          fact(
            'approval_resolved',
            {
              approvalId: run.context.openApprovals[n % run.context.openApprovals.length] ?? '',
              outcome: 'allowed',
              by: 'person',
            },
            at,
          ),
        ],
  interrupts: (run) => {
    try {
      return interruptRequested(run, at);
    } catch {
      return [];
    }
  },
  'asks again': (run) => interruptEscalates(run, 2, at),
  terminates: (run) => interruptEscalates(run, 3, at),
  'turn ends': (run) => turnEnded(run, 'end_turn', at),
  'turn is refused': (run) => turnEnded(run, 'refusal', at),
  'turn is cancelled': (run) => turnEnded(run, 'cancelled', at),
  exits: (run) => runFailed(run, { code: 'agent.exited', message: 'it exited' }, at),
  'thread dies': (run) => runFailed(run, { code: 'session.thread_died', message: 'its thread died' }, at),
  'stops without agent': (run) => runInterrupted(run, null, at),
  'is abandoned': (run) => abandonedRunClosed(run, at),
};

const courses = fc.array(
  fc.record({ happening: fc.constantFrom(...Object.keys(happenings)), n: fc.nat({ max: 1_000 }) }),
  { maxLength: 40 },
);

const play = (course: readonly { readonly happening: string; readonly n: number }[]): readonly RunFact[] => {
  const facts: RunFact[] = [prompt];
  for (const { happening, n } of course) {
    facts.push(...(happenings[happening]?.(foldRun(facts), n) ?? []));
  }
  return facts;
};

const terminal = (facts: readonly RunFact[]): readonly RunFact[] =>
  facts.filter((next) => next.type === 'status' && isTerminal(next.payload.status));

test('[law 6] whoever reports the end, and in whatever order, a run has one terminal status', () => {
  const ends = ['turn ends', 'exits', 'interrupts', 'thread dies', 'stops without agent', 'is abandoned', 'terminates'];
  fc.assert(
    fc.property(courses, fc.shuffledSubarray(ends, { minLength: ends.length }), (course, order) => {
      const facts = play([...course, ...order.map((happening) => ({ happening, n: 0 }))]);
      assert.is(terminal(facts).length, 1);
      const { context } = foldRun(facts.slice(0, facts.indexOf(terminal(facts)[0] as RunFact)));
      assert.equal(context.openApprovals, [], 'and nothing is left open before it');
    }),
    { numRuns: 400 },
  );
});

const placeOf = (seq: number): EventPlace => ({
  position: seq as Position,
  sessionKey: 1 as SessionKey,
  runKey: 1 as RunKey,
  ordinal: 1 as Ordinal,
  seq: seq as Seq,
  recordedAt: at,
});

test("the machine and the dashboard's projection agree after every fact", () => {
  fc.assert(
    fc.property(courses, (course) => {
      let machine = beginningOfRun();
      let session: SessionState = unbornSession;
      for (const [index, next] of play(course).entries()) {
        machine = afterFact(machine, next);
        session = applyToSession(session, placeOf(index + 1), next as Fact);
        assert.is(session.status, statusOf(machine), JSON.stringify(next));
        if (isTerminal(session.status)) continue;
        assert.equal(
          session.approvals.map((approval) => approval.approvalId),
          machine.context.openApprovals,
        );
        const awaits = typeof machine.value === 'object' && 'running' in machine.value && machine.value.running;
        assert.is(
          session.activity,
          { working: 'working', awaitingApproval: 'awaiting_approval' }[String(awaits)] ?? null,
        );
      }
    }),
    { numRuns: 400 },
  );
});

const pick = ({ value, context, status }: RunSnapshot) => ({ value, context, status });

test('[law 10] a replay of what was recorded goes through the states that the run went through live', async () => {
  const acts = [
    'permission',
    'decide',
    'speak',
    'tool',
    'interrupt',
    'wait',
    'end',
    'exit',
    'hold',
    'release',
  ] as const;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...acts), { maxLength: 14 }), async (course) => {
      // The machine as it lives in the actor, on the actor's time, and told the facts as they become durable.
      const live: RunSnapshot[] = [];
      const tell = (next: RunFact, clock: SimulatedClock): void => {
        machine ??= createActor(runMachine, { input: limits, clock }).start();
        if (machineHears(next.type) && machine.getSnapshot().status === 'active') machine.send(next);
        live.push(machine.getSnapshot());
      };
      let machine: Actor<typeof runMachine> | null = null;
      const world = createWorld({ script: agentThat(), onDurable: tell });
      tell(prompt, world.time);
      world.beginRun('Do it');
      await until('the agent has its prompt', () => world.heard('session/prompt').length === 1);
      let id = 0;
      for (const act of course) {
        if (act === 'permission') {
          askPermission(world, id);
          id += 1;
        }
        if (act === 'decide') for (const { approvalId } of world.openApprovals()) world.decide(approvalId, 'allow');
        if (act === 'speak')
          world.agent.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'x' } });
        if (act === 'tool') world.agent.update({ sessionUpdate: 'tool_call', toolCallId: `${id}`, title: 'T' });
        if (act === 'interrupt') world.interrupt();
        if (act === 'wait') await world.pass(3_000);
        if (act === 'end') endTurn(world);
        if (act === 'exit') world.agent.ends();
        if (act === 'hold') world.writer.hold();
        if (act === 'release') world.writer.release();
        await quiet();
      }
      world.writer.release();
      await quiet();
      if (world.terminal().length === 0) world.agent.ends();
      await world.ended();
      assert.is(world.terminal().length, 1);
      // Every request for permission was answered, whatever happened.
      await quiet();
      const lived = world.facts().some((next) => next.type === 'error') || course.includes('exit');
      if (!lived) for (let asked = 0; asked < id; asked += 1) assert.ok(answerTo(world, asked), `request ${asked}`);
      let replayed = beginningOfRun(limits);
      for (const [index, next] of world.facts().entries()) {
        replayed = afterFact(replayed, next);
        const { value, context, status } = live[index] ?? {};
        assert.equal({ value, context, status }, pick(replayed), `after ${next.type}, ${index}`);
      }
      assert.is(live.length, world.facts().length);
      assert.is(statusOf(replayed), world.terminal()[0]);
    }),
    { numRuns: 60 },
  );
});

test.run();
