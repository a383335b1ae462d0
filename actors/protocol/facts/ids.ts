/**
 * The numbers and names by which things are known, each a type of its own, with the one way to make it: `toSeq(value)`
 * gives a value that was checked, or raises `internal`, because what comes from outside was refused by its schema
 * (`id-schemas.ts`) before. Nothing here costs more than a comparison: these stand in the path of every event.
 */
import type { Brand } from './brand.ts';
import { ThroughlineError } from './error.ts';

/**
 * Place of an event in the one total order of a database: an integer from 1, without gaps as it is given out. 0 stands
 * before the first.
 */
export type Position = number & Brand<'Position'>;

/** Place of an event in its run: an integer from 1, without gaps. 0 stands before the first. */
export type Seq = number & Brand<'Seq'>;

/** A session as people and URLs know it: a UUIDv7, so that ids sort by creation. */
export type SessionId = string & Brand<'SessionId'>;

/** A run as people and URLs know it: a UUIDv7. */
export type RunId = string & Brand<'RunId'>;

/** A request for approval as people and URLs know it: a UUIDv7. */
export type ApprovalId = string & Brand<'ApprovalId'>;

/** A comment of a review: a UUIDv7. */
export type CommentId = string & Brand<'CommentId'>;

/** One time that a command of the repository is run: a UUIDv7. */
export type CommandId = string & Brand<'CommandId'>;

/** A session's way to a branch, from the queue to its end: a UUIDv7. */
export type LandingId = string & Brand<'LandingId'>;
/** A prompt that waits in its session's queue. */
export type QueueId = string & Brand<'QueueId'>;

/** The session's row in this database: a small integer that keeps the log's index narrow. Never shown. */
export type SessionKey = number & Brand<'SessionKey'>;

/** The run's row in this database. Never shown. */
export type RunKey = number & Brand<'RunKey'>;

/** The row of one life of the runtime. Never shown. */
export type EpochKey = number & Brand<'EpochKey'>;

/** A run's place in its session: 0 is the session's own ledger, 1 the first prompt. */
export type Ordinal = number & Brand<'Ordinal'>;

/** Milliseconds since 1970, UTC. Times describe; they never decide an order. */
export type Timestamp = number & Brand<'Timestamp'>;

// The casts in this file are the only ones to a brand: on constants that the checks would let through, and behind checks.
export const ledgerOrdinal = 0 as Ordinal;
export const firstRunOrdinal = 1 as Ordinal;
export const beforeFirstPosition = 0 as Position;
export const beforeFirstSeq = 0 as Seq;
/** The life of a runtime that may not write: it has no row. */
export const noEpoch = 0 as EpochKey;
/** The time of what has not been yet, and of what is read for something else. */
export const noTime = 0 as Timestamp;

/** Takes an integer from 0. */
export const toPosition = (value: number): Position => integer('position', value, 0) as Position;

/** Takes an integer from 0. */
export const toSeq = (value: number): Seq => integer('seq', value, 0) as Seq;

/** Takes an integer from 1. */
export const toSessionKey = (value: number): SessionKey => integer('key of a session', value, 1) as SessionKey;

/** Takes an integer from 1. */
export const toRunKey = (value: number): RunKey => integer('key of a run', value, 1) as RunKey;

/** Takes an integer from 1. */
export const toEpochKey = (value: number): EpochKey => integer('key of an epoch', value, 1) as EpochKey;

/** Takes an integer from 0. */
export const toOrdinal = (value: number): Ordinal => integer('ordinal of a run', value, 0) as Ordinal;

/** Takes an integer, a negative one as well: a clock may be set before 1970. */
export const toTimestamp = (value: number): Timestamp => integer('time', value, Number.MIN_SAFE_INTEGER) as Timestamp;

/** Takes a UUID in lower case. */
export const toSessionId = (value: string): SessionId => uuid('session', value) as SessionId;

/** Takes a UUID in lower case. */
export const toRunId = (value: string): RunId => uuid('run', value) as RunId;

/** Takes a UUID in lower case. */
export const toCommentId = (value: string): CommentId => uuid('comment', value) as CommentId;

/** Takes a UUID in lower case. */
export const toCommandId = (value: string): CommandId => uuid('command', value) as CommandId;

/** Takes a UUID in lower case. */
export const toLandingId = (value: string): LandingId => uuid('landing', value) as LandingId;
export const toQueueId = (value: string): QueueId => uuid('queued prompt', value) as QueueId;

/** Whether a text is what `toSessionId` takes. */
export const isSessionId = (value: string): value is SessionId => isUuid(value);

/**
 * The place that comes after another one in its run, or so many after it.
 * @example
 * seqAfter(toSeq(41)) // => toSeq(42)
 * seqAfter(beforeFirstSeq, 3) // => toSeq(3)
 */
export const seqAfter = (seq: Seq, count = 1): Seq => toSeq(seq + count);

/** The position that is given out after this one. */
export const positionAfter = (position: Position): Position => toPosition(position + 1);

/** The later one of two positions. */
export const laterPosition = (one: Position, other: Position): Position => (other > one ? other : one);

const integer = (what: string, value: number, least: number): number => {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new ThroughlineError('internal', `${value} is no ${what}: that is an integer from ${least}`);
};

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const isUuid = (value: string): boolean => uuidPattern.test(value);

const uuid = (what: string, value: string): string => {
  if (isUuid(value)) return value;
  throw new ThroughlineError('internal', `${value.slice(0, 100)} is no id of a ${what}: that is a UUID in lower case`);
};
