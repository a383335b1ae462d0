/** [law 2] A place of one order is never taken for one of another, and what nobody checked is no id. */
import type { infer as Infer } from 'zod';
import type {
  askedApprovalId,
  askedOrdinal,
  askedPosition,
  askedSessionId,
  epochKeySchema,
  ordinalSchema,
  positionSchema,
  runKeySchema,
  seqSchema,
  sessionKeySchema,
  timestampSchema,
  writtenRunId,
  writtenSessionId,
} from '../../actors/protocol/facts/id-schemas.ts';
import type {
  ApprovalId,
  EpochKey,
  Ordinal,
  Position,
  RunId,
  RunKey,
  Seq,
  SessionId,
  SessionKey,
  Timestamp,
} from '../../actors/protocol/facts/ids.ts';
import { type Equal, expectType } from './expect-type.ts';

type Numbers = {
  Position: Position;
  Seq: Seq;
  SessionKey: SessionKey;
  RunKey: RunKey;
  EpochKey: EpochKey;
  Ordinal: Ordinal;
  Timestamp: Timestamp;
};
type Texts = { SessionId: SessionId; RunId: RunId; ApprovalId: ApprovalId };

/** Which of them pass for another one, said so that an error names the pair. */
type Mixed<Brands> = {
  [One in keyof Brands & string]: {
    [Other in Exclude<keyof Brands & string, One>]: Brands[One] extends Brands[Other] ? `${One} for ${Other}` : never;
  }[Exclude<keyof Brands & string, One>];
}[keyof Brands & string];

/** Which of them anything of the plain type passes for. */
type Unbranded<Brands, Plain> = { [One in keyof Brands]: Plain extends Brands[One] ? One : never }[keyof Brands];

expectType<Equal<Mixed<Numbers>, never>>();
expectType<Equal<Mixed<Texts>, never>>();
expectType<Equal<Unbranded<Numbers, number>, never>>();
expectType<Equal<Unbranded<Texts, string>, never>>();
// @ts-expect-error the pair is found
expectType<Equal<Mixed<{ Seq: Seq; Place: Seq & Position; Position: Position }>, never>>();

declare const seq: Seq;
declare const runId: RunId;
declare const read: (after: Position) => void;
declare const open: (id: SessionId) => void;

// @ts-expect-error a seq is no position
read(seq);
// @ts-expect-error nor is a number
read(41);
// @ts-expect-error a run is no session
open(runId);
// @ts-expect-error nor is a text
open('0192f0c1-0000-7000-8000-000000000000');

// What a schema of the border lets through is the brand itself: nothing behind it casts.
expectType<Equal<Infer<typeof positionSchema>, Position>>();
expectType<Equal<Infer<typeof seqSchema>, Seq>>();
expectType<Equal<Infer<typeof sessionKeySchema>, SessionKey>>();
expectType<Equal<Infer<typeof runKeySchema>, RunKey>>();
expectType<Equal<Infer<typeof epochKeySchema>, EpochKey>>();
expectType<Equal<Infer<typeof ordinalSchema>, Ordinal>>();
expectType<Equal<Infer<typeof timestampSchema>, Timestamp>>();
expectType<Equal<Infer<typeof writtenSessionId>, SessionId>>();
expectType<Equal<Infer<typeof writtenRunId>, RunId>>();
expectType<Equal<Infer<typeof askedSessionId>, SessionId>>();
expectType<Equal<Infer<typeof askedApprovalId>, ApprovalId>>();
expectType<Equal<Infer<typeof askedPosition>, Position>>();
expectType<Equal<Infer<typeof askedOrdinal>, Ordinal>>();

// A brand is there for the compiler: the value is what it was.
export const next: number = seq + 1;
export const shown: string = runId.toUpperCase();
