/** Prompts that wait for the run under way to complete: given, seen, edited, moved, withdrawn. */
import * as z from 'zod';
import { contentPart } from '../facts/content-part.ts';
import { askedQueueId, timestampSchema, writtenQueueId, writtenRunId, writtenSessionId } from '../facts/id-schemas.ts';
import { maxPromptBodyBytes, promptParts, promptText } from './prompt-part.ts';
import { done, nothing, type Route, sessionPath } from './route.ts';

/** So many prompts can wait in one session. */
export const maxQueued = 10_000;
/** So many of them can wait for a time: the session's row holds each of these. */
export const maxLater = 100;

export const queuedPrompt = z.object({
  queueId: writtenQueueId,
  text: z.string(),
  parts: z.array(contentPart),
  /** It goes after a run that failed or was interrupted as well. */
  evenAfterFailure: z.boolean(),
  /** It is not sent before; null: as soon as its turn has come. */
  at: timestampSchema.nullable(),
  queuedAt: timestampSchema,
});
export type QueuedPrompt = Readonly<z.infer<typeof queuedPrompt>>;

/**
 * Why the first of a queue that waits for no time is not sent: a run is under way; the last one failed or was interrupted;
 * nobody has gone on yet with one that was in flight when the runtime ended. `schedule`: all of them wait for their time.
 * Null: nothing keeps it, or nothing waits.
 */
export const queueHolds = ['run', 'failed', 'interrupted', 'restored', 'schedule'] as const;
export type QueueHold = (typeof queueHolds)[number];

const started = { id: writtenSessionId, runId: writtenRunId, run: z.number().int() };

const queuePath = sessionPath.extend({ queueId: askedQueueId });

export const queueRoutes = {
  queuePrompt: {
    method: 'POST',
    path: '/api/sessions/{id}/queue',
    summary: 'Gives a session a prompt that waits until the run under way has completed; where none is, it begins now',
    parameters: sessionPath,
    body: z.strictObject({
      prompt: promptText,
      parts: promptParts.optional(),
      /** Whether it goes after a run that failed or was interrupted as well. */
      evenAfterFailure: z.boolean().default(false),
      /** From 1. With a place it waits for its turn where no run is under way, too: one that was withdrawn is put back so. */
      place: z.number().int().min(1).max(maxQueued).optional(),
      /** In milliseconds since 1970: it waits until then, and where a run is under way, until that has completed as well. */
      at: timestampSchema.optional(),
    }),
    bodyBytes: maxPromptBodyBytes,
    answer: z.discriminatedUnion('queued', [
      z.object({ queued: z.literal(false), ...started }),
      /** `place` from 1. */
      z.object({ queued: z.literal(true), id: writtenSessionId, queueId: writtenQueueId, place: z.number().int() }),
    ]),
  },
  queue: {
    method: 'GET',
    path: '/api/sessions/{id}/queue',
    summary: 'The prompts of a session that wait, in the order in which they are sent, and why the first is not',
    parameters: sessionPath,
    answer: z.object({ prompts: z.array(queuedPrompt), holds: z.enum(queueHolds).nullable() }),
  },
  changeQueued: {
    method: 'POST',
    path: '/api/sessions/{id}/queue/{queueId}',
    summary: 'Gives a prompt that waits another text, another place in the queue (from 1), or both',
    parameters: queuePath,
    body: z.strictObject({
      prompt: promptText.optional(),
      place: z.number().int().min(1).max(maxQueued).optional(),
    }),
    answer: done,
  },
  withdrawQueued: {
    method: 'DELETE',
    path: '/api/sessions/{id}/queue/{queueId}',
    summary: 'Takes a prompt that waits out of the queue',
    parameters: queuePath,
    answer: done,
  },
  sendQueued: {
    method: 'POST',
    path: '/api/sessions/{id}/queue/{queueId}/send',
    summary: 'Sends a prompt that waits now, whatever became of the last run; not while one is under way',
    parameters: queuePath,
    body: nothing,
    answer: z.object(started),
  },
} as const satisfies Record<string, Route>;
