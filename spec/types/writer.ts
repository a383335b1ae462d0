/** [law 1] What the writer answers says what became durable, and nobody reads it without looking at which answer it is. */
import type { PlainError } from '../../actors/protocol/facts/error.ts';
import type { EncodedFact } from '../../actors/protocol/facts/events.ts';
import type { Position, Seq, SessionKey } from '../../actors/protocol/facts/ids.ts';
import type {
  AppendBatch,
  AppendResult,
  CommandAnswer,
  WriterCommand,
  WriterNotice,
  WriterReply,
} from '../../actors/protocol/threads/writer-messages.ts';
import { type Equal, expectType } from './expect-type.ts';

// Each command names its request, so that its answer finds it; an append is acknowledged by its place instead.
expectType<Equal<WriterCommand['requestId'], number>>();
expectType<Equal<Extract<WriterReply, { kind: 'answer' }>['requestId'], number>>();
expectType<Equal<Extract<WriterCommand, { kind: 'append' }>, never>>();

// Whatever became of a batch, the sender hears where its run stands.
expectType<Equal<AppendResult['lastSeq'], Seq>>();
expectType<Equal<AppendBatch['firstSeq'], Seq>>();
expectType<Equal<AppendBatch['events'], readonly EncodedFact[]>>();

// A refusal always has its error, which crosses threads as plain data.
expectType<Equal<Extract<AppendResult, { kind: 'refused' }>['error'], PlainError>>();
expectType<Equal<Extract<CommandAnswer, { kind: 'failed' }>['error'], PlainError>>();

// A notice names the sessions of a commit, and its place.
expectType<Equal<Extract<WriterNotice, { kind: 'committed' }>['position'], Position>>();
expectType<Equal<Extract<WriterNotice, { kind: 'committed' }>['sessions'], readonly SessionKey[]>>();

// A switch without a default is whole, and one that forgets a reply is an error.
export const whole = (reply: WriterReply): number => {
  switch (reply.kind) {
    case 'acknowledged':
      return reply.results.length;
    case 'answer':
      return reply.requestId;
  }
};
// @ts-expect-error it forgets what was refused
export const forgetful = (result: AppendResult): Seq => {
  switch (result.kind) {
    case 'appended':
    case 'duplicate':
      return result.lastSeq;
  }
};

declare const answer: CommandAnswer;
// @ts-expect-error it may not have begun
export const begun = answer.run;
