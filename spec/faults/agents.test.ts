/**
 * Agents that misbehave, beside one that works: whatever they do, their own session ends well or goes on, the other one
 * does not notice, the memory is bounded, and no process is left.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { equal, is, match, ok } from 'uvu/assert';
import type { ScriptBody } from '../../actors/agents/rehearsal/scripts/script-body.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { type Served, serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import {
  assertInOrder,
  closeWorlds,
  createWorld,
  ended,
  gone,
  historyOf,
  rowOf,
  runsWithoutOneEnd,
  spoke,
  start,
} from '../support/world.ts';
import { steadyAgent } from './agents/steady.ts';
import { say } from './support/form.ts';
import { peakMemoryOf } from './support/process-memory.ts';

const test = suite('agents that misbehave', { timeLimitMs: 5 * 60_000 });

const world = createWorld('misbehave');
const agent = (name: string): string => fileURLToPath(new URL(`agents/${name}`, import.meta.url));
const steady = steadyAgent(0.05);
const misbehaving = (fault: string): string => `acp:${process.execPath} ${agent('misbehaving.mjs')} ${fault}`;
const scripted = (name: string, ...steps: ScriptBody['turns'][number]['steps']): string =>
  world.script(name, { steps });

let runtime: Served;
let sibling: SessionId;

test.before(async () => {
  writeFileSync(world.directory.configuration, JSON.stringify({ interruptDeadlineMs: 2_000 }));
  runtime = await serve(world.directory);
  sibling = (await start(runtime, world, steady)).id;
  await spoke(runtime, sibling);
});
test.after(closeWorlds);

/** The other session goes on: it says more than it had said, and is as it was. */
const siblingGoesOn = async (): Promise<void> => {
  const position = async (): Promise<number> => (await runtime.session(sibling)).lastActivityAt;
  const before = await position();
  await until('the other session goes on', async () => (await position()) > before);
  is((await rowOf(runtime, sibling)).status, 'Running');
};

type Case = {
  readonly does: string;
  readonly agent: () => string;
  /** Whether it is interrupted once it has spoken; otherwise its run ends by itself. */
  readonly interrupt?: boolean;
  readonly status: DashboardRow['status'];
  readonly reason?: RegExp;
};

const cases: readonly Case[] = [
  {
    does: 'floods its output',
    agent: () => scripted('flood', { do: 'say', text: 'Flooding.' }, { do: 'flood', bytes: 4_000_000_000 }),
    interrupt: true,
    status: 'Interrupted',
  },
  { does: 'floods stderr', agent: () => misbehaving('stderr-flood'), interrupt: true, status: 'Interrupted' },
  { does: 'floods a terminal', agent: () => misbehaving('terminal-flood'), interrupt: true, status: 'Interrupted' },
  {
    does: 'says a line of 100 MB',
    agent: () => scripted('line', { do: 'garbage', bytes: 100_000_000 }, { do: 'say', text: 'That was long.' }),
    status: 'Completed',
  },
  {
    does: 'says what is no UTF-8, half a JSON, and what no program understands',
    agent: () => 'garbage',
    status: 'Completed',
  },
  {
    does: 'dies in the middle of a line',
    agent: () =>
      scripted(
        'half',
        { do: 'garbage', text: '{"jsonrpc":"2.0","method":"session/upd', newline: false },
        { do: 'crash', code: 3 },
      ),
    status: 'Failed',
    reason: /3/,
  },
  { does: 'answers with wrong ids', agent: () => misbehaving('wrong-ids'), status: 'Completed' },
  { does: 'answers twice', agent: () => scripted('twice', { do: 'reply_twice' }), status: 'Completed' },
  {
    does: 'talks on after the end',
    agent: () => scripted('late', { do: 'late', text: 'late', times: 500 }),
    status: 'Completed',
  },
  {
    does: 'asks for a permission that nobody gives',
    agent: () => scripted('ask', { do: 'say', text: 'Asking.' }, { do: 'ask', title: 'May I?' }),
    interrupt: true,
    status: 'Interrupted',
  },
  {
    does: 'asks for one permission many times',
    agent: () => misbehaving('same-permission'),
    interrupt: true,
    status: 'Interrupted',
  },
  { does: 'makes thousands of tool calls', agent: () => misbehaving('tool-calls'), status: 'Completed' },
  { does: 'ignores cancel and SIGTERM', agent: () => 'stubborn', interrupt: true, status: 'Interrupted' },
  { does: 'leaves descendants behind', agent: () => 'orphan', status: 'Completed' },
  { does: 'leaves one that rises again when it is ended', agent: () => misbehaving('phoenix'), status: 'Completed' },
  { does: 'leaves a hundred of them', agent: () => misbehaving('many'), status: 'Completed' },
  {
    does: 'closes its output and lives on',
    agent: () => scripted('closed', { do: 'say', text: 'Closing.' }, { do: 'close_stdout' }, { do: 'hang' }),
    interrupt: true,
    status: 'Interrupted',
  },
  {
    does: 'dies in the handshake',
    agent: () => world.script('handshake', { steps: [{ do: 'crash', code: 9 }] }),
    status: 'Failed',
    reason: /9/,
  },
];

for (const { does, agent: command, interrupt, status, reason } of cases) {
  test(`one that ${does}: ${status}, and the other goes on`, async () => {
    const { id } = await start(runtime, world, command());
    if (interrupt) {
      await spoke(runtime, id);
      await siblingGoesOn();
      await runtime.interrupt(id);
    }
    // A hundred megabytes take their time on a busy machine.
    const row = await until(
      'its run has ended',
      () => rowOf(runtime, id).then((now) => now.activeRunId === null && now),
      {
        timeLimitMs: 240_000,
      },
    );
    is(row.status, status, row.failureReason ?? '');
    if (reason !== undefined) match(row.failureReason ?? '', reason);
    const events = await historyOf(runtime, id);
    assertInOrder(events);
    equal(runsWithoutOneEnd(events), []);
    await siblingGoesOn();
  });
}

const zombiesOf = (parent: number): readonly string[] =>
  readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const [state, parentPid] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return state === 'Z' && Number(parentPid) === parent;
    } catch {
      return false;
    }
  });

test('after all that the memory is bounded, the log is whole, and a stop leaves no process behind', async () => {
  const peak = Math.round(peakMemoryOf(runtime.pid));
  say(`agents: ${cases.length} that misbehave beside one that works: the runtime's memory peaked at ${peak} MB`);
  ok(peak < 1_024, `${peak} MB`);
  await until('every child that ended was reaped', () => zombiesOf(runtime.pid).length === 0);
  ok((await runtime.verify()).ok);
  await runtime.interrupt(sibling);
  is((await ended(runtime, sibling)).status, 'Interrupted');
  is(await runtime.stop(), 0);
  await gone('the agents and all that descend from them', () => world.agents());
});

test.run();
