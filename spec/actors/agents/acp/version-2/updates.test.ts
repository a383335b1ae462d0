import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { permissionAsVersion1 } from '../../../../../actors/agents/acp/version-2/requests.ts';
import { createTranslator } from '../../../../../actors/agents/acp/version-2/translator.ts';
import { createUpdates, type Update } from '../../../../../actors/agents/acp/version-2/updates.ts';
import type { Incoming } from '../../../../../actors/agents/acp/wire/json-rpc.ts';
import { suite } from '../../../../support/suite.ts';

const test = suite('version 2 in the words of version 1');

const text = (said: string) => ({ type: 'text', text: said });
const through = (...updates: readonly Update[]): readonly Update[] => {
  const translate = createUpdates();
  return updates.flatMap((update) => translate(update));
};
const spoken = (updates: readonly Update[]): string =>
  updates.map(({ content }) => (content as { readonly text: string }).text).join('');

test('property: a message told in pieces, whole, or both, any number of times, is told once', () => {
  const pieces = fc.array(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(pieces, fc.array(fc.nat({ max: 12 }), { maxLength: 6 }), (said, wholeAfter) => {
      const updates: Update[] = [];
      for (const [index, piece] of said.entries()) {
        updates.push({ sessionUpdate: 'agent_message_chunk', messageId: 'm', content: text(piece) });
        const whole = said.slice(0, index + 1).join('');
        for (const at of wholeAfter) {
          if (at !== index) continue;
          updates.push({ sessionUpdate: 'agent_message', messageId: 'm', content: [text(whole)] });
        }
      }
      assert.is(spoken(through(...updates)), said.join(''));
    }),
  );
});

test('pieces of what a call shows add up, its terminal’s bytes too, over the borders of characters', () => {
  const [begun, more] = through(
    { sessionUpdate: 'tool_call_update', toolCallId: 'c', title: 'Run', content: [] },
    { sessionUpdate: 'tool_call_content_chunk', toolCallId: 'c', content: { type: 'terminal', terminalId: 't' } },
  );
  assert.is(begun?.sessionUpdate, 'tool_call');
  assert.equal(more?.content, [{ type: 'terminal', terminalId: 't' }]);
  const translate = createUpdates();
  translate({ sessionUpdate: 'tool_call_update', toolCallId: 'c', content: [{ type: 'terminal', terminalId: 't' }] });
  const bytes = Buffer.from('naïve');
  const data = [bytes.subarray(0, 3), bytes.subarray(3)].flatMap((part) =>
    translate({ sessionUpdate: 'terminal_output_chunk', terminalId: 't', data: part.toString('base64') }).map(
      ({ _meta }) => (_meta as { terminal_output_delta: { data: string } }).terminal_output_delta.data,
    ),
  );
  assert.is(data.join(''), 'naïve');
});

test('plans by their ids are one plan, a patch is the text it is, and statuses that are new are ours', () => {
  const plans = through(
    { sessionUpdate: 'plan_update', plan: { type: 'items', planId: 'a', entries: [{ content: 'first' }] } },
    { sessionUpdate: 'plan_update', plan: { type: 'items', planId: 'b', entries: [{ content: 'second' }] } },
    { sessionUpdate: 'plan_update', plan: { type: 'items', planId: 'a', entries: [{ content: 'changed' }] } },
  );
  assert.equal(plans.at(-1)?.entries, [{ content: 'changed' }, { content: 'second' }]);
  const changes = [{ operation: 'modify', path: '/w/a.ts' }];
  const [edited] = through({
    sessionUpdate: 'tool_call_update',
    toolCallId: 'c',
    status: 'cancelled',
    content: [{ type: 'diff', changes, patch: { format: 'git_patch', text: '-a\n+b\n' } }],
  });
  assert.equal(edited?.locations, [{ path: '/w/a.ts' }]);
  assert.is(edited?.status, 'failed');
  assert.equal(edited?.content, [{ type: 'content', content: text('-a\n+b\n') }]);
});

test('[law 18] what is asked keeps its title, its explanation and its command', () => {
  const command = permissionAsVersion1(
    {
      sessionId: 's',
      title: 'Run it?',
      description: 'It removes the build.',
      subject: { type: 'command', command: 'rm -rf dist', cwd: '/w' },
      options: [],
    },
    1,
  ) as { readonly toolCall: Readonly<Record<string, unknown>> };
  assert.equal(command.toolCall.rawInput, { command: 'rm -rf dist', cwd: '/w' });
  assert.is(command.toolCall.title, 'Run it?');
  assert.match(JSON.stringify(command.toolCall.content), 'It removes the build.');
});

test('property: whatever an agent sends, nothing is raised', async () => {
  const translator = createTranslator(
    { request: () => Promise.resolve({ protocolVersion: 2, info: { name: 'a' } }), notify: () => {} },
    () => {},
  );
  await translator.rpc.request('initialize', {});
  const kinds = fc.constantFrom(
    'state_update',
    'agent_message',
    'tool_call_update',
    'tool_call_content_chunk',
    'terminal_update',
    'terminal_output_chunk',
    'plan_update',
    'config_option_update',
    'user_message',
    'anything',
  );
  const update = fc.tuple(kinds, fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 }), fc.jsonValue());
  fc.assert(
    fc.property(update, ([sessionUpdate, fields, content]) => {
      const params = { sessionId: 's', update: { ...fields, content, toolCallId: 'c', sessionUpdate } };
      const line: Incoming = { kind: 'notification', method: 'session/update', params };
      assert.ok(Array.isArray(translator.incoming(line)));
      translator.incoming({ kind: 'request', id: 1, method: 'session/request_permission', params: fields });
    }),
  );
});

test.run();
