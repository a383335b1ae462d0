import * as z from 'zod';
import { saidByPerson } from './said-by-person.ts';
import { inPieces } from './scenarios.ts';
import type { Frame, Wire } from './wire.ts';

const item = z.looseObject({
  type: z.string(),
  role: z.string().optional(),
  content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() })), z.null()]).optional(),
});

const request = z.looseObject({
  instructions: z.string().optional(),
  input: z.array(item),
  tools: z
    .array(
      z.looseObject({
        name: z.string().optional(),
        parameters: z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() }).optional(),
      }),
    )
    .optional(),
});

const textOf = ({ content }: z.infer<typeof item>): string =>
  typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('\n');

/** OpenAI's responses: what codex speaks. */
export const responses: Wire = {
  name: 'responses',
  path: /\/responses$/,

  read(body) {
    const { input, instructions = '', tools = [] } = request.parse(body);
    const said = input.map((next) =>
      next.type === 'message' && next.role === 'user' ? saidByPerson(textOf(next)) : '',
    );
    const last = said.findLastIndex((text) => text !== '');
    return {
      userText: said[last] ?? '',
      step: input.slice(last + 1).filter(({ type }) => type === 'function_call_output').length,
      tools: tools.flatMap(({ name, parameters }) =>
        name === undefined ? [] : [{ name, parameters: Object.keys(parameters?.properties ?? {}) }],
      ),
      instructions: [instructions, ...input.map(textOf)].join('\n'),
    };
  },

  *frames(turn, { id }): Iterable<Frame> {
    const frame = (type: string, fields: object): Frame => ({ event: type, data: { type, ...fields } });
    const response = { id: `resp_${id}`, object: 'response', status: 'in_progress', output: [] };
    let index = 0;
    function* outputItem(begun: object, deltas: Iterable<Frame>, finished: object): Iterable<Frame> {
      yield frame('response.output_item.added', { output_index: index, item: begun });
      yield* deltas;
      yield frame('response.output_item.done', { output_index: index, item: { ...begun, ...finished } });
      index += 1;
    }

    yield frame('response.created', { response });
    if (turn.thinking !== '') {
      const place = { item_id: `rs_${id}`, output_index: index, summary_index: 0 };
      const part = { type: 'summary_text', text: turn.thinking };
      const deltas = inPieces(turn.thinking).map((delta) => ({
        ...frame('response.reasoning_summary_text.delta', { ...place, delta }),
        pauseMs: 5,
      }));
      const opening = frame('response.reasoning_summary_part.added', { ...place, part: { ...part, text: '' } });
      const closing = frame('response.reasoning_summary_text.done', { ...place, text: turn.thinking });
      yield* outputItem({ type: 'reasoning', id: `rs_${id}`, summary: [] }, [opening, ...deltas, closing], {
        summary: [part],
        encrypted_content: 'c2NyaXB0ZWQ=',
      });
    }
    const place = { item_id: `msg_${id}`, output_index: index, content_index: 0 };
    const deltas = turn.pieces.map((delta) => ({
      ...frame('response.output_text.delta', { ...place, delta }),
      pauseMs: turn.pauseMs,
      isText: true,
    }));
    yield* outputItem({ type: 'message', id: `msg_${id}`, role: 'assistant', content: [] }, deltas, {
      content: [{ type: 'output_text', text: turn.pieces.join(''), annotations: [] }],
    });
    for (const [number, call] of turn.calls.entries()) {
      const begun = {
        type: 'function_call',
        id: `fc_${id}_${number}`,
        call_id: `call_${id}_${number}`,
        name: call.name,
      };
      yield* outputItem({ ...begun, arguments: '' }, [], { arguments: JSON.stringify(call.input) });
    }
    const usage = {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 120,
    };
    yield frame('response.completed', { response: { ...response, status: 'completed', usage } });
  },
};
