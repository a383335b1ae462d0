/** What an agent asks of files, as the protocol has it. */
import * as z from 'zod';

export const fileRequests = {
  read: z.looseObject({
    path: z.string(),
    line: z.number().int().min(1).nullish(),
    limit: z.number().int().min(0).nullish(),
  }),
  write: z.looseObject({ path: z.string(), content: z.string() }),
} as const;
