/**
 * The updates that we look into. Those that become no event of their own kind become notes. All of these schemas are
 * loose: agents differ, and a field we do not know must neither fail a line nor be lost from it. What has lists of
 * things (plans, commands, usage) is read by a file of its own, thing by thing.
 */
import * as z from 'zod';
import { content } from './content-block.ts';
import { toolCall } from './tool-call.ts';

export const updates = {
  chunk: z.looseObject({ content, messageId: z.string().nullish().catch(undefined) }),
  tool_call: toolCall,
} as const;

export const sessionUpdate = z.looseObject({
  sessionId: z.string(),
  update: z.looseObject({ sessionUpdate: z.string() }),
});
