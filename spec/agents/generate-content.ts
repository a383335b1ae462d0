import * as z from 'zod';
import { saidByPerson } from './said-by-person.ts';
import type { Turn } from './scenarios.ts';
import type { Frame, Wire } from './wire.ts';

const part = z.looseObject({ text: z.string().optional(), functionResponse: z.looseObject({}).optional() });
const content = z.looseObject({ role: z.string().optional(), parts: z.array(part).optional() });
const schema = z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() });

const request = z.looseObject({
  systemInstruction: content.optional(),
  contents: z.array(content),
  tools: z
    .array(
      z.looseObject({
        functionDeclarations: z
          .array(
            z.looseObject({
              name: z.string(),
              parameters: schema.optional(),
              parametersJsonSchema: schema.optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
});

const partsOf = (value: z.infer<typeof content> | undefined): readonly z.infer<typeof part>[] => value?.parts ?? [];

const usageMetadata = { promptTokenCount: 100, candidatesTokenCount: 20, totalTokenCount: 120 };

const answerOf = (parts: readonly object[], rest: object = {}): object => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, ...rest }],
  usageMetadata,
  modelVersion: 'scripted',
});

const callsOf = (turn: Turn): readonly object[] =>
  turn.calls.map(({ name, input }) => ({ functionCall: { name, args: input } }));

/** Google's generateContent and streamGenerateContent: what gemini speaks. A call comes in one piece. */
export const generateContent: Wire = {
  name: 'generate content',
  path: /:(?:stream)?[gG]enerateContent$/,
  streamedPath: /:streamGenerateContent$/,

  read(body) {
    const { contents, systemInstruction, tools = [] } = request.parse(body);
    const parts = contents.filter(({ role }) => role !== 'model').flatMap(partsOf);
    const said = parts.map(({ text = '' }) => saidByPerson(text));
    const last = said.findLastIndex((text) => text !== '');
    return {
      userText: said[last] ?? '',
      step: parts.slice(last + 1).filter(({ functionResponse }) => functionResponse !== undefined).length,
      tools: tools
        .flatMap(({ functionDeclarations = [] }) => functionDeclarations)
        .map(({ name, parameters, parametersJsonSchema }) => ({
          name,
          parameters: Object.keys((parametersJsonSchema ?? parameters)?.properties ?? {}),
        })),
      instructions: [systemInstruction, ...contents]
        .flatMap(partsOf)
        .map(({ text }) => text ?? '')
        .join('\n'),
    };
  },

  *frames(turn): Iterable<Frame> {
    if (turn.thinking !== '') yield { data: answerOf([{ text: turn.thinking, thought: true }]), pauseMs: 5 };
    for (const text of turn.pieces) yield { data: answerOf([{ text }]), pauseMs: turn.pauseMs, isText: true };
    yield { data: answerOf(callsOf(turn), { finishReason: 'STOP' }) };
  },

  whole: (turn) => answerOf([{ text: turn.pieces.join('') }, ...callsOf(turn)], { finishReason: 'STOP' }),
};
