/** A tool call as `tool_call`, `tool_call_update` and `session/request_permission` describe it. */
import * as z from 'zod';
import { content } from './content-block.ts';

const toolContent = z.union([
  z.looseObject({ type: z.literal('content'), content }),
  z.looseObject({ type: z.literal('diff'), path: z.string(), oldText: z.string().nullish(), newText: z.string() }),
  z.looseObject({ type: z.literal('terminal'), terminalId: z.string() }),
  z.looseObject({ type: z.string() }),
]);

export const toolCall = z.looseObject({
  toolCallId: z.string(),
  title: z.string().nullish(),
  kind: z.string().nullish(),
  status: z.string().nullish(),
  rawInput: z.unknown().optional(),
  rawOutput: z.unknown().optional(),
  locations: z.array(z.looseObject({ path: z.string() })).nullish(),
  content: z.array(toolContent).nullish(),
  _meta: z.unknown().optional(),
});
export type ToolCallUpdate = z.infer<typeof toolCall>;

/** Output that an agent streams beside the protocol: codex and claude put it into the update's `_meta`. */
export const terminalOutputMeta = z.looseObject({
  terminal_output_delta: z.looseObject({ data: z.string() }).optional(),
  terminal_output: z.looseObject({ data: z.string() }).optional(),
});
