/** Tool calls as a session's actor hears them from its agent: what is asked, shown and told late. */
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { askPermission, endTurn, quiet, worldInTurn } from './world.ts';

const test = suite('tool calls in a turn');

test('[law 18] streamed arguments are in the log before the request, whole in it, and its words are no output', async () => {
  const world = await worldInTurn();
  const command = `printf ${'x'.repeat(2_000)}`;
  const call = { toolCallId: 'tool-1', title: 'Shell', kind: 'execute' };
  world.agent.update({ sessionUpdate: 'tool_call', ...call, status: 'pending' });
  for (let end = 0; end <= command.length; end += 7) {
    world.agent.update({ sessionUpdate: 'tool_call_update', ...call, rawInput: { command: command.slice(0, end) } });
  }
  world.agent.update({ sessionUpdate: 'tool_call_update', ...call, rawInput: { command } });
  const content = [{ type: 'content', content: { type: 'text', text: 'Proposed amendment' } }];
  askPermission(world, 1, { toolCall: { ...call, content } });
  const approval = await until('it is asked', () => world.openApprovals()[0]);
  assert.is(approval.toolCallId, 'tool-1');
  assert.equal([approval.input, approval.text], [{ command }, { text: 'Proposed amendment' }]);
  const told = world.facts();
  const asked = told.findIndex(({ type }) => type === 'approval_requested');
  const before = told.slice(0, asked).flatMap((next) => (next.type === 'tool_call' ? [next.payload.input] : []));
  assert.ok(JSON.stringify(before.at(-1)) === JSON.stringify({ command }), 'the last state is told before');
  world.decide(approval.approvalId, 'allow');
  await quiet();
  const rawOutput = { stdout: 'real' };
  world.agent.update({ sessionUpdate: 'tool_call_update', toolCallId: 'tool-1', status: 'completed', rawOutput });
  endTurn(world);
  await world.ended();
  const [result] = world.facts().flatMap((next) => (next.type === 'tool_result' ? [next.payload] : []));
  assert.equal([result?.output, result?.rawOutput], [undefined, rawOutput]);
});

test('what a tool printed last is in the log a moment later, though its agent says nothing more', async () => {
  const world = await worldInTurn();
  const print = (data: string): void =>
    world.agent.update({
      sessionUpdate: 'tool_call_update',
      toolCallId: 't',
      _meta: { terminal_output_delta: { data } },
    });
  for (const word of ['one ', 'two ', 'three']) print(word);
  const printed = (): string =>
    world
      .facts()
      .flatMap((next) => (next.type === 'tool_call' ? [next.payload.outputAppended?.text ?? ''] : []))
      .join('');
  await quiet();
  assert.is(printed(), 'one ');
  await world.pass(300);
  assert.is(printed(), 'one two three');
});

test.run();
