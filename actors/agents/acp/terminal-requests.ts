/** What an agent asks of terminals, as the protocol has it. */
import * as z from 'zod';

export const terminalRequests = {
  create: z.looseObject({
    command: z.string().min(1),
    args: z.array(z.string()).nullish(),
    env: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish(),
    cwd: z.string().nullish(),
    outputByteLimit: z.number().int().min(0).nullish(),
  }),
  existing: z.looseObject({ terminalId: z.string() }),
} as const;
