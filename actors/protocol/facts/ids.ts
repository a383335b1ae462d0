import type { Brand } from './brand.ts';

/** Place of an event in the one total order of a database: an integer from 1, without gaps as it is given out. */
export type Position = number & Brand<'Position'>;

/** Place of an event in its run: an integer from 1, without gaps. */
export type Seq = number & Brand<'Seq'>;

/** A session as people and URLs know it: a UUIDv7, so that ids sort by creation. */
export type SessionId = string & Brand<'SessionId'>;

/** A run as people and URLs know it: a UUIDv7. */
export type RunId = string & Brand<'RunId'>;

/** A request for approval as people and URLs know it: a UUIDv7. */
export type ApprovalId = string & Brand<'ApprovalId'>;

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

export const ledgerOrdinal = 0 as Ordinal;
