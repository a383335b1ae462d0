/** The end of a turn, as the agent tells it. */
import * as z from 'zod';

export const promptAnswer = z.looseObject({
  stopReason: z.string(),
  usage: z
    .looseObject({
      inputTokens: z.number().nullish(),
      outputTokens: z.number().nullish(),
      totalTokens: z.number().nullish(),
    })
    .nullish(),
});
export type PromptAnswer = z.infer<typeof promptAnswer>;
