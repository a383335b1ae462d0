import * as z from 'zod';
import { saidByPerson } from './said-by-person.ts';
import { inPieces, type Turn } from './scenarios.ts';
import type { Frame, Wire } from './wire.ts';

const block = z.looseObject({ type: z.string(), text: z.string().optional() });
const content = z.union([z.string(), z.array(block)]);

const request = z.looseObject({
  model: z.string(),
  thinking: z.looseObject({ type: z.string() }).optional(),
  system: content.optional(),
  messages: z.array(z.looseObject({ role: z.string(), content })),
  tools: z
    .array(
      z.looseObject({
        name: z.string(),
        input_schema: z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() }).optional(),
      }),
    )
    .optional(),
});

const blocksOf = (value: z.infer<typeof content> | undefined): readonly z.infer<typeof block>[] =>
  typeof value === 'string' ? [{ type: 'text', text: value }] : (value ?? []);

const textOf = (value: z.infer<typeof content> | undefined): string =>
  blocksOf(value)
    .map(({ text }) => text ?? '')
    .join('\n');

const usage = { input_tokens: 100, output_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };

const messageHead = (id: number, model: string) => ({
  id: `msg_${id}`,
  type: 'message',
  role: 'assistant',
  model,
  stop_sequence: null,
  usage,
});

const stopReason = (turn: Turn): string => (turn.calls.length > 0 ? 'tool_use' : 'end_turn');

const toolId = (id: number, index: number): string => `toolu_${id}_${index}`;

/** Anthropic's messages: what claude-agent-acp speaks. */
export const messages: Wire = {
  name: 'messages',
  path: /\/messages$/,

  read(body) {
    const { messages: said, system, tools = [] } = request.parse(body);
    // Prompts that follow each other without an answer between them arrive as blocks of one message: the last counts.
    const blocks = said.filter(({ role }) => role === 'user').flatMap((message) => blocksOf(message.content));
    const texts = blocks.map(({ type, text = '' }) => (type === 'text' ? saidByPerson(text) : ''));
    const last = texts.findLastIndex((text) => text !== '');
    return {
      userText: texts[last] ?? '',
      step: blocks.slice(last + 1).filter(({ type }) => type === 'tool_result').length,
      tools: tools.map((tool) => ({
        name: tool.name,
        parameters: Object.keys(tool.input_schema?.properties ?? {}),
      })),
      instructions: [textOf(system), ...said.map((message) => textOf(message.content))].join('\n'),
    };
  },

  *frames(turn, { id, body }): Iterable<Frame> {
    const { model, thinking } = request.parse(body);
    const frame = (event: string, fields: object): Frame => ({ event, data: { type: event, ...fields } });
    let index = 0;
    function* contentBlock(start: object, deltas: Iterable<object>, rest: Omit<Frame, 'data'> = {}): Iterable<Frame> {
      yield frame('content_block_start', { index, content_block: start });
      for (const delta of deltas) yield { ...frame('content_block_delta', { index, delta }), ...rest };
      yield frame('content_block_stop', { index });
      index += 1;
    }

    yield frame('message_start', { message: { ...messageHead(id, model), content: [], stop_reason: null } });
    if (thinking !== undefined && thinking.type !== 'disabled' && turn.thinking !== '') {
      const deltas: object[] = inPieces(turn.thinking).map((piece) => ({ type: 'thinking_delta', thinking: piece }));
      deltas.push({ type: 'signature_delta', signature: 'c2NyaXB0ZWQ=' });
      yield* contentBlock({ type: 'thinking', thinking: '', signature: '' }, deltas, { pauseMs: 5 });
    }
    const texts = turn.pieces.map((text) => ({ type: 'text_delta', text }));
    yield* contentBlock({ type: 'text', text: '' }, texts, { pauseMs: turn.pauseMs, isText: true });
    for (const [place, call] of turn.calls.entries()) {
      const json = inPieces(JSON.stringify(call.input));
      yield* contentBlock(
        { type: 'tool_use', id: toolId(id, place), name: call.name, input: {} },
        json.map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
      );
    }
    yield frame('message_delta', { delta: { stop_reason: stopReason(turn), stop_sequence: null }, usage });
    yield frame('message_stop', {});
  },

  whole: (turn, { id, body }) => ({
    ...messageHead(id, request.parse(body).model),
    content: [
      { type: 'text', text: turn.pieces.join('') },
      ...turn.calls.map((call, index) => ({
        type: 'tool_use',
        id: toolId(id, index),
        name: call.name,
        input: call.input,
      })),
    ],
    stop_reason: stopReason(turn),
  }),
};
