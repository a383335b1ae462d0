/**
 * The updates that we look into. Those that become no event of their own kind become notes. All of these schemas are
 * loose: agents differ, and a field we do not know must neither fail a line nor be lost from it.
 */
import * as z from 'zod';
import { content } from './content-block.ts';
import { toolCall } from './tool-call.ts';

const chunk = z.looseObject({ content, messageId: z.string().nullish() });

export const updates = {
  agent_message_chunk: chunk,
  agent_thought_chunk: chunk,
  tool_call: toolCall,
  tool_call_update: toolCall,
  plan: z.looseObject({
    entries: z.array(z.looseObject({ content: z.string(), priority: z.string().optional(), status: z.string() })),
  }),
  usage_update: z.looseObject({
    used: z.number().nullish(),
    size: z.number().nullish(),
    cost: z.looseObject({ amount: z.number(), currency: z.string() }).nullish(),
  }),
} as const;

export const sessionUpdate = z.looseObject({
  sessionId: z.string(),
  update: z.looseObject({ sessionUpdate: z.string() }),
});
