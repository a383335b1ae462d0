/**
 * What an adapter must handle, point by point: fourteen things that real agents were seen to do, here the last seven. Each is proved on a
 * recording of an agent that does it, or, where none was recorded, on lines worded as that agent words them.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { agentThat, capabilities } from './agent-script.ts';
import { live, readRecording } from './recordings.ts';
import { answerTo, endTurn, quiet, type World, worldInTurn } from './world.ts';

const test = suite('fourteen points: the turn');

const untilPrompt = (message: { readonly method?: string }): boolean => message.method === 'session/prompt';

test('8: a tool that gemini first names in its request for permission is a tool call like any other', async () => {
  const world = await worldInTurn();
  world.agent.say({
    id: 0,
    method: 'session/request_permission',
    params: {
      sessionId: 'conversation-1',
      options: [
        { optionId: 'proceed_always', name: 'Always Allow', kind: 'allow_always' },
        { optionId: 'proceed_once', name: 'Allow', kind: 'allow_once' },
        { optionId: 'cancel', name: 'Reject', kind: 'reject_once' },
      ],
      toolCall: {
        toolCallId: 'run_shell_command-1',
        status: 'pending',
        title: 'echo hello > hello.txt',
        content: [],
        locations: [],
        kind: 'execute',
      },
    },
  });
  const approval = await until('it is asked', () => world.openApprovals()[0]);
  assert.is(approval.toolCallId, 'run_shell_command-1');
  world.decide(approval.approvalId, 'allow');
  await quiet();
  world.agent.update({
    sessionUpdate: 'tool_call_update',
    toolCallId: 'run_shell_command-1',
    status: 'completed',
    content: [{ type: 'content', content: { type: 'text', text: 'hello' } }],
  });
  await quiet();
  const types = world.typesOf().filter((type) => type.startsWith('tool') || type.startsWith('approval'));
  assert.equal(types, ['tool_call', 'approval_requested', 'approval_resolved', 'tool_result']);
  const result = world.facts().find((next) => next.type === 'tool_result');
  assert.is(result?.type === 'tool_result' && result.payload.title, 'echo hello > hello.txt');
});

test("9: opencode's write of a file is carried out, and one that changes nothing touches nothing", async () => {
  const folder = temporaryFolder('point-9');
  const { world } = await live('opencode-1.18.33.announced', {
    folder,
    change: (text) => text.replaceAll('"/repo', `"${folder}`),
  });
  assert.equal(
    world.notes('file_written', 1).map(({ path }) => path),
    [join(folder, 'edited.txt')],
  );
  assert.is(readFileSync(join(folder, 'edited.txt'), 'utf8'), 'Written by a real agent into edited.txt.\n');
  const before = statSync(join(folder, 'edited.txt'), { bigint: true });
  world.agent.say({
    id: 77,
    method: 'fs/write_text_file',
    params: {
      sessionId: 's',
      path: join(folder, 'edited.txt'),
      content: 'Written by a real agent into edited.txt.\n',
    },
  });
  await until('it is answered', () => answerTo(world, 77));
  assert.is(statSync(join(folder, 'edited.txt'), { bigint: true }).mtimeNs, before.mtimeNs);
});

test("10: the agent's ids of requests begin at 0 as ours do, and are never mixed", async () => {
  const { world } = await live('claude-agent-acp-0.49.0.announced');
  const recorded = readRecording('claude-agent-acp-0.49.0.announced');
  const asked = recorded.filter(({ dir, msg }) => dir === 'a2c' && msg.method !== undefined && msg.id !== undefined);
  assert.equal(
    asked.map(({ msg }) => msg.id),
    [0, 1, 2],
  );
  for (const { msg } of asked) {
    const answers = world.heardByAgent.filter((heard) => heard.method === undefined && heard.id === msg.id);
    assert.is(answers.length, 1, `request ${msg.id} of the agent`);
  }
  assert.equal(
    world.heardByAgent.filter((heard) => heard.method !== undefined && heard.id !== undefined).map(({ id }) => id),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
  assert.is(world.notes('unexpected', 1).length, 0);
});

test("11: codex's output, told only beside the protocol, is the tool's output", async () => {
  const world = await worldInTurn();
  const update = (given: Record<string, unknown>): void =>
    world.agent.update({ sessionUpdate: 'tool_call_update', toolCallId: 'call_1', ...given });
  update({ sessionUpdate: 'tool_call', kind: 'execute', title: 'npm test', status: 'in_progress', content: [] });
  update({ _meta: { terminal_output_delta: { data: 'one\n', terminal_id: 'call_1' } } });
  update({ _meta: { terminal_output_delta: { data: 'two\n', terminal_id: 'call_1' } } });
  update({ status: 'completed', _meta: { terminal_exit: { exit_code: 0, signal: null, terminal_id: 'call_1' } } });
  endTurn(world);
  await world.ended();
  const result = world.facts().find((next) => next.type === 'tool_result');
  assert.is(result?.type === 'tool_result' && result.payload.output?.text, 'one\ntwo\n');
});

test('11: codex shows a terminal that no client made, which harms nothing', async () => {
  const { world } = await live('codex-acp-2.6.0.announced');
  const results = world.facts(1).flatMap((next) => (next.type === 'tool_result' ? [next.payload.status] : []));
  assert.equal(results, ['completed']);
  assert.is(world.terminal(1)[0], 'completed');
});

test('12: an agent that takes its time to end is waited for, and the next is started when it is gone', async () => {
  const world = await worldInTurn({ endsWhenTold: false });
  world.interrupt();
  await quiet();
  await world.pass(10_000);
  assert.is(world.count('end_agent'), 1);
  await world.pass(7_000);
  assert.equal(world.terminal(), [], 'codex takes seven seconds');
  world.agent.ends({ signal: 'SIGTERM' });
  assert.is(await world.ended(), 'interrupted');
  world.beginRun('Go on');
  await until('the next is started', () => world.count('start_agent') === 2);
});

for (const [name, mode] of [
  ['opencode-1.18.33.live', 'plan'],
  ['claude-agent-acp-0.49.0.live', 'plan'],
  ['codex-acp-2.6.0.announced', 'read-only'],
] as const) {
  test(`13: a mode is set by its config option, which ${name.split('-')[0]} has`, async () => {
    const { world } = await live(name, { mode, stopsBefore: untilPrompt });
    await until('the conversation is open', () => world.conversations().length === 1);
    assert.is(world.heard('session/set_config_option').length, 1);
    assert.match(JSON.stringify(world.heard('session/set_config_option')), mode);
  });
}

test('13: an answer as gemini words it, with modes and models, is understood', async () => {
  const opened = {
    sessionId: 'g',
    modes: {
      availableModes: [
        { id: 'default', name: 'Default' },
        { id: 'autoEdit', name: 'Auto Edit' },
      ],
      currentModeId: 'default',
    },
    models: { availableModels: [{ modelId: 'auto', name: 'Auto' }], currentModelId: 'auto' },
  };
  const world: World = await worldInTurn({ mode: 'autoEdit', script: agentThat({ opened }) });
  assert.equal(world.heard('session/set_mode')[0]?.params, { sessionId: 'g', modeId: 'autoEdit' });
  const plain = await worldInTurn({ mode: 'unheard-of', script: agentThat({ opened }) });
  assert.is(plain.heard('session/set_mode').length, 0, 'a mode that it does not have is not set');
});

test('13: an agent without a load, as gemini after a kill, begins anew and says so', async () => {
  const initialize = { protocolVersion: 1, agentCapabilities: capabilities({ resume: false, load: false }) };
  const world = await worldInTurn({ agentSessionId: 'earlier', script: agentThat({ initialize }) });
  assert.is(world.conversations()[0]?.how, 'begun_anew');
});

test('14: a worktree whose .git is a file can be worked in, and the file is not for the agent', async () => {
  const folder = temporaryFolder('point-14');
  writeFileSync(join(folder, '.git'), 'gitdir: /elsewhere/.git/worktrees/one\n');
  mkdirSync(join(folder, 'source'));
  const world = await worldInTurn({ folder });
  const write = (id: number, path: string): void =>
    world.agent.say({
      id,
      method: 'fs/write_text_file',
      params: { sessionId: 's', path: join(folder, path), content: 'x' },
    });
  write(0, 'source/a.txt');
  write(1, '.git');
  await until('both are answered', () => answerTo(world, 0) !== undefined && answerTo(world, 1) !== undefined);
  assert.is(readFileSync(join(folder, 'source/a.txt'), 'utf8'), 'x');
  assert.match(readFileSync(join(folder, '.git'), 'utf8'), 'gitdir: /elsewhere');
  assert.ok('error' in (answerTo(world, 1) as object));
});

test.run();
