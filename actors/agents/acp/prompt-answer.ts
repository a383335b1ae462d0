/** The end of a turn, as the agent tells it. */
import * as z from 'zod';

export const promptAnswer = z.looseObject({
  stopReason: z.string(),
  /** Read by `readUsage`: a turn that has ended has ended, however odd its figures are. */
  usage: z.unknown().optional(),
  _meta: z.unknown().optional(),
});
export type PromptAnswer = z.infer<typeof promptAnswer>;
