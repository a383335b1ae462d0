/**
 * The updates that we look into. Those that become no event of their own kind become notes. All of these schemas are
 * loose: agents differ, and a field we do not know must neither fail a line nor be lost from it. What has lists of
 * things (plans, commands, usage) is read by a file of its own, thing by thing.
 */
import * as z from 'zod';
import { configOption } from './config-options.ts';
import { content } from './content-block.ts';
import { toolCall } from './tool-call.ts';

export const updates = {
  chunk: z.looseObject({ content, messageId: z.string().nullish().catch(undefined) }),
  tool_call: toolCall,
  current_mode_update: z.looseObject({ currentModeId: z.string() }),
  config_option_update: z.looseObject({ configOptions: z.array(configOption) }),
} as const;

export const sessionUpdate = z.looseObject({
  sessionId: z.string(),
  update: z.looseObject({ sessionUpdate: z.string() }),
});
