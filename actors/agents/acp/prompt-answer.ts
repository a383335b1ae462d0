/** The end of a turn, as the agent tells it. Why it ended is needed, and the rest is not: a turn that has ended, has ended. */
import * as z from 'zod';

const maxStopReasonCharacters = 200;

export const promptAnswer = z.looseObject({
  stopReason: z.string().transform((word) => word.slice(0, maxStopReasonCharacters)),
  /** Read by `readUsage`: a turn that has ended has ended, however odd its figures are. */
  usage: z.unknown().optional(),
  _meta: z.record(z.string(), z.unknown()).nullish(),
});
export type PromptAnswer = z.infer<typeof promptAnswer>;
