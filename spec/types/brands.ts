/** [law 2] A place of one order is never taken for one of another, and what nobody checked is no id. */
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

// A brand is there for the compiler: the value is what it was.
export const next: number = seq + 1;
export const shown: string = runId.toUpperCase();
