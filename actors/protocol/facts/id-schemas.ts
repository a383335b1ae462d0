/**
 * The schemas that make ids at the border: of what is asked for over the network, of rows of the log, of answers. What
 * they let through has its brand, so nothing behind them casts.
 */
import * as z from 'zod';

export const positionSchema = z.number().int().min(0).brand<'Position'>();
export const seqSchema = z.number().int().min(0).brand<'Seq'>();
export const sessionKeySchema = z.number().int().min(1).brand<'SessionKey'>();
export const runKeySchema = z.number().int().min(1).brand<'RunKey'>();
export const epochKeySchema = z.number().int().min(1).brand<'EpochKey'>();
export const ordinalSchema = z.number().int().min(0).brand<'Ordinal'>();
export const timestampSchema = z.number().int().brand<'Timestamp'>();

/**
 * The ids of a row are what the log has: a letter that was damaged there must not hide the rest of a history, nor the
 * other sessions. An answer hands them on as they are.
 */
export const writtenSessionId = z.string().brand<'SessionId'>();
export const writtenRunId = z.string().brand<'RunId'>();

export const writtenCommentId = z.string().brand<'CommentId'>();
export const writtenCommandId = z.string().brand<'CommandId'>();
export const writtenLandingId = z.string().brand<'LandingId'>();
export const writtenQueueId = z.string().brand<'QueueId'>();

/** An id that somebody asks for. Ids are written in lower case; who copies one from elsewhere may not. */
export const askedSessionId = z.uuid().toLowerCase().brand<'SessionId'>();
export const askedApprovalId = z.uuid().toLowerCase().brand<'ApprovalId'>();
export const askedCommentId = z.uuid().toLowerCase().brand<'CommentId'>();
export const askedCommandId = z.uuid().toLowerCase().brand<'CommandId'>();
export const askedLandingId = z.uuid().toLowerCase().brand<'LandingId'>();
export const askedQueueId = z.uuid().toLowerCase().brand<'QueueId'>();

/** A whole id of an object of git, SHA-1 or SHA-256. */
export const gitId = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);

/** A place that stands in a URL, as text. */
export const askedPosition = z.coerce.number().int().min(0).brand<'Position'>();
/** A run that is no ledger. */
export const askedOrdinal = z.coerce.number().int().min(1).brand<'Ordinal'>();
