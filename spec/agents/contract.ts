/**
 * What scripts rely on, written down a second time on purpose: the suite reads the program's output as a stranger's
 * script would, so that a change of the contract is seen here.
 */
import * as z from 'zod';

export const row = z.object({
  id: z.string(),
  name: z.string(),
  agent: z.string(),
  status: z.enum(['Starting', 'Running', 'Completed', 'Interrupted', 'Failed']),
  activity: z.string().nullable(),
  createdAt: z.number(),
  lastActivityAt: z.number(),
  failureReason: z.string().nullable(),
  /** Null until the worktree is made. */
  worktree: z.object({ path: z.string().nullable(), branch: z.string().nullable(), base: z.string().nullable() }),
  runCount: z.number(),
  resumeCount: z.number(),
  activeRunId: z.string().nullable(),
  pendingApprovals: z.number(),
  restored: z.boolean(),
  restoredAt: z.number().nullable(),
  recoveryHint: z.string().nullable(),
  /** Whether the agent asks before it acts; null when that is not known. */
  asks: z.boolean().nullable(),
});
export type Row = z.infer<typeof row>;

export const list = z.object({ version: z.number(), rows: z.array(row) });

export const detail = row.extend({ approvals: z.array(z.object({ approvalId: z.string() })) });

export const started = z.looseObject({ id: z.string() });

export const event = z.object({
  position: z.number(),
  runId: z.string(),
  run: z.number(),
  seq: z.number(),
  type: z.string(),
  payload: z.looseObject({
    /** What was said; an approval's is an object that says how much of it was kept. */
    text: z.string().optional().catch(undefined),
    status: z.string().optional(),
    messageId: z.string().optional(),
    toolCallId: z.string().optional(),
    approvalId: z.string().optional(),
  }),
  occurredAt: z.number(),
  recordedAt: z.number(),
});
export type Event = z.infer<typeof event>;

/** A line of `run --wait --json`: an event, and at the end the outcome. */
export const streamed = z.looseObject({ type: z.string() });

export const outcome = z.object({ type: z.literal('outcome'), id: z.string(), status: z.string() });
export type Outcome = z.infer<typeof outcome>;

export const verified = z.object({ ok: z.literal(true), events: z.number(), sessions: z.number() });

/** The data directory's note on who serves it: how the suite knows that the runtime is up. */
export const owner = z.looseObject({ pid: z.number(), url: z.string() });
