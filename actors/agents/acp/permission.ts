/** A request for permission: what is to be done, and the answers there are. */
import * as z from 'zod';
import { toolCall } from './tool-call.ts';

export const permissionRequest = z.looseObject({
  sessionId: z.string(),
  toolCall,
  options: z.array(z.looseObject({ optionId: z.string(), name: z.string(), kind: z.string() })),
});
