/**
 * The facts of prompts that wait for the run under way to complete. They stand in the session's ledger; the prompt that
 * one becomes names it (`queued`), in the transaction that begins its run, so that it is sent once, whatever is killed.
 */
import * as z from 'zod';
import { contentPart } from './content-part.ts';
import { timestampSchema, writtenQueueId } from './id-schemas.ts';

export const queuePayloads = {
  /** The last in its session's queue. */
  prompt_queued: z.looseObject({
    queueId: writtenQueueId,
    text: z.string(),
    parts: z.array(contentPart).optional(),
    /** It goes after a run that failed or was interrupted as well. */
    evenAfterFailure: z.literal(true).optional(),
    /** It is not sent before; until then those behind it pass. */
    at: timestampSchema.optional(),
  }),
  queued_prompt_changed: z.looseObject({ queueId: writtenQueueId, text: z.string() }),
  /** Its place in the queue from 1, once it has left the one it had. */
  queued_prompt_moved: z.looseObject({ queueId: writtenQueueId, place: z.number().int().min(1) }),
  queued_prompt_withdrawn: z.looseObject({ queueId: writtenQueueId }),
} as const;
