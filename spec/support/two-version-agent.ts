/**
 * An agent of the SDK's own, in both versions of the protocol: says what it was told, edits when it is allowed to, and
 * ends its turn. As a program it speaks on its standard streams:
 *
 *   node --import tsx spec/support/two-version-agent.ts
 */
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as version1 from '@agentclientprotocol/sdk';
import * as version2 from '@agentclientprotocol/sdk/experimental/v2';

const info = { name: 'two-versions', version: '1' };
const options = [
  { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
  { optionId: 'no', name: 'No', kind: 'reject_once' },
] as const;

const textOf = (prompt: readonly { readonly type: string }[]): string =>
  prompt.map((block) => ('text' in block ? String(block.text) : `[${block.type}]`)).join(' ');

const agentOf1 = (): version1.AgentApp =>
  version1
    .agent()
    .onRequest('initialize', () => ({ protocolVersion: 1, agentInfo: info, agentCapabilities: {} }))
    .onRequest('session/new', () => ({ sessionId: 'conversation' }))
    .onRequest('session/prompt', async ({ params, client }) => {
      const { sessionId } = params;
      const text = `1 heard ${textOf(params.prompt)}`;
      await client.notify('session/update', {
        sessionId,
        update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } },
      });
      return { stopReason: 'end_turn' };
    });

const agentOf2 = (): version2.AgentApp => {
  const cancelled = new Set<string>();
  return version2
    .agent()
    .onRequest('initialize', () => ({
      protocolVersion: 2,
      info,
      capabilities: { session: { prompt: { image: {} } } },
    }))
    .onRequest('session/new', ({ params }) => ({
      sessionId: `conversation in ${params.cwd}`,
      availableCommands: [{ type: 'command', name: 'review', description: 'Reviews' }],
      configOptions: [
        {
          configId: 'model',
          name: 'Model',
          category: 'model',
          type: 'select',
          currentValue: 'small',
          options: [
            { value: 'small', name: 'Small' },
            { value: 'large', name: 'Large' },
          ],
        },
      ],
    }))
    .onRequest('session/resume', async ({ params, client }) => {
      await client.notify('session/update', {
        sessionId: params.sessionId,
        update: { sessionUpdate: 'state_update', state: 'idle' },
      });
      return {};
    })
    .onNotification('session/cancel', ({ params }) => {
      cancelled.add(params.sessionId);
    })
    .onRequest('session/prompt', ({ params, client }) => {
      const { sessionId } = params;
      const update = (update: version2.SessionUpdate): Promise<void> =>
        client.notify('session/update', { sessionId, update });
      const text = textOf(params.prompt);
      const work = async (): Promise<void> => {
        await update({ sessionUpdate: 'user_message', messageId: 'user-1', content: params.prompt });
        await update({ sessionUpdate: 'state_update', state: 'running' });
        const said = { sessionUpdate: 'agent_message_chunk', messageId: 'said' } as const;
        await update({ ...said, content: { type: 'text', text: '2 heard ' } });
        await update({ ...said, content: { type: 'text', text } });
        // Told whole once more, with a word that is new.
        const whole = [{ type: 'text', text: `2 heard ${text}.` }] as const;
        await update({ sessionUpdate: 'agent_message', messageId: 'said', content: [...whole] });
        if (text.includes('hang')) {
          while (!cancelled.has(sessionId)) await new Promise((resolve) => setTimeout(resolve, 10));
          await update({ sessionUpdate: 'state_update', state: 'idle', stopReason: 'cancelled' });
          return;
        }
        if (text.includes('fail')) {
          const error = { code: -32000, message: 'the model is away' };
          await update({ sessionUpdate: 'state_update', state: 'idle', stopReason: 'error', error });
          return;
        }
        await update({ sessionUpdate: 'tool_call_update', toolCallId: 'edit', title: 'Edit a.txt', kind: 'edit' });
        const { outcome } = await client.request('session/request_permission', {
          sessionId,
          title: 'May I edit?',
          description: 'It is only one line.',
          subject: { type: 'tool_call', toolCall: { toolCallId: 'edit', title: 'Edit a.txt' } },
          options: [...options],
        });
        const isAllowed = outcome.outcome === 'selected' && outcome.optionId === 'yes';
        for (const piece of ['one\n', 'two\n']) {
          const content = { type: 'content', content: { type: 'text', text: piece } } as const;
          await update({ sessionUpdate: 'tool_call_content_chunk', toolCallId: 'edit', content });
        }
        await update({
          sessionUpdate: 'tool_call_update',
          toolCallId: 'edit',
          status: isAllowed ? 'completed' : 'cancelled',
        });
        // Repeated at will: only the first idle state ends the turn.
        await update({ sessionUpdate: 'state_update', state: 'running' });
        await update({ sessionUpdate: 'state_update', state: 'idle', stopReason: 'end_turn' });
        await update({ sessionUpdate: 'state_update', state: 'idle', stopReason: 'end_turn' });
      };
      void work();
      return { messageId: 'user-1' };
    });
};

/** The agent, in the versions it is asked for. */
export const twoVersionAgent = (): version2.AgentProtocolRouter =>
  version2.agentProtocolRouter().withV1(agentOf1()).withV2(agentOf2());

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const output = Writable.toWeb(process.stdout) as WritableStream<Uint8Array>;
  const input = Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>;
  await twoVersionAgent().connect(version1.ndJsonStream(output, input)).closed;
}
