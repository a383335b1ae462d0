import * as z from 'zod';
import { saidByPerson } from './said-by-person.ts';
import { inPieces, type Turn } from './scenarios.ts';
import type { Frame, Wire } from './wire.ts';

const content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() })), z.null()]).optional();

const request = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content })),
  tools: z
    .array(
      z.looseObject({
        function: z.looseObject({
          name: z.string(),
          parameters: z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() }).optional(),
        }),
      }),
    )
    .optional(),
});

const textOf = (value: z.infer<typeof content>): string =>
  typeof value === 'string' ? value : (value ?? []).map((part) => part.text ?? '').join('\n');

const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

const callId = (id: number, index: number): string => `call_${id}_${index}`;

const finishReason = (turn: Turn): string => (turn.calls.length > 0 ? 'tool_calls' : 'stop');

const messageOf = (turn: Turn, id: number) => ({
  role: 'assistant',
  content: turn.pieces.join(''),
  ...(turn.calls.length === 0
    ? {}
    : {
        tool_calls: turn.calls.map(({ name, input }, index) => ({
          id: callId(id, index),
          type: 'function',
          function: { name, arguments: JSON.stringify(input) },
        })),
      }),
});

/** OpenAI's chat completions: what most agents speak to any compatible provider. */
export const chatCompletions: Wire = {
  name: 'chat completions',
  path: /\/chat\/completions$/,

  read(body) {
    const { messages, tools = [] } = request.parse(body);
    const said = messages.map(({ role, content }) => (role === 'user' ? saidByPerson(textOf(content)) : ''));
    const last = said.findLastIndex((text) => text !== '');
    return {
      userText: said[last] ?? '',
      step: messages.slice(last + 1).filter(({ role }) => role === 'tool').length,
      tools: tools.map(({ function: tool }) => ({
        name: tool.name,
        parameters: Object.keys(tool.parameters?.properties ?? {}),
      })),
      instructions: messages.map((message) => textOf(message.content)).join('\n'),
    };
  },

  *frames(turn, { id, body }): Iterable<Frame> {
    const common = {
      id: `chatcmpl-${id}`,
      object: 'chat.completion.chunk',
      created: Math.floor(Date.now() / 1000),
      model: request.parse(body).model,
    };
    const chunk = (delta: object, reason: string | null = null): Frame => ({
      data: { ...common, choices: [{ index: 0, delta, finish_reason: reason }] },
    });
    yield chunk({ role: 'assistant', content: '' });
    for (const piece of inPieces(turn.thinking)) yield { ...chunk({ reasoning_content: piece }), pauseMs: 5 };
    for (const piece of turn.pieces) yield { ...chunk({ content: piece }), pauseMs: turn.pauseMs, isText: true };
    for (const [index, call] of turn.calls.entries()) {
      const head = { index, id: callId(id, index), type: 'function', function: { name: call.name, arguments: '' } };
      yield chunk({ tool_calls: [head] });
      for (const piece of inPieces(JSON.stringify(call.input))) {
        yield chunk({ tool_calls: [{ index, function: { arguments: piece } }] });
      }
    }
    yield chunk({}, finishReason(turn));
    yield { data: { ...common, choices: [], usage } };
    yield { data: '[DONE]' };
  },

  whole: (turn, { id, body }) => ({
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: request.parse(body).model,
    choices: [{ index: 0, message: messageOf(turn, id), finish_reason: finishReason(turn) }],
    usage,
  }),
};
