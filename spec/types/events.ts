/** A fact's payload follows from its type: in the union, in a switch, and where one is made. */
import {
  type EventType,
  type Fact,
  fact,
  type LedgerEventType,
  type LedgerFact,
  type Payload,
  type RunEventType,
  type RunFact,
} from '../../actors/protocol/facts/events.ts';
import type { Timestamp } from '../../actors/protocol/facts/ids.ts';
import { type Equal, expectType } from './expect-type.ts';

// Every type has a payload, and the union pairs each with its own.
expectType<Equal<Fact['type'], EventType>>();
expectType<
  Equal<{ [Type in EventType]: Extract<Fact, { type: Type }>['payload'] }, { [Type in EventType]: Payload<Type> }>
>();
expectType<Equal<{ [Type in EventType]: unknown extends Payload<Type> ? Type : never }[EventType], never>>();

// A fact stands in a run or in a ledger, never in either.
expectType<Equal<RunFact | LedgerFact, Fact>>();
expectType<Equal<RunEventType & LedgerEventType, never>>();

declare const any: Fact;
declare const ofRun: RunFact;
declare const at: Timestamp;

// @ts-expect-error which payload it is nobody knows yet
export const early: string = any.payload.text;

export const told = (heard: Fact): string | undefined => {
  switch (heard.type) {
    case 'prompt':
      expectType<Equal<typeof heard.payload.origin, 'prompt' | 'resume' | 'continuation'>>();
      return heard.payload.text;
    case 'status':
      return heard.payload.reason;
    case 'tool_result':
      expectType<Equal<typeof heard.payload.status, 'completed' | 'failed'>>();
      return heard.payload.output?.text;
    case 'session_renamed':
      return heard.payload.name;
    default:
      return undefined;
  }
};

// @ts-expect-error a run's fact is none of a ledger
export const inLedger: LedgerFact = ofRun;

expectType<Equal<ReturnType<typeof fact<'note'>>['payload'], Payload<'note'>>>();
fact('session_renamed', { name: 'Another' }, at);
// @ts-expect-error where the prompt came from is missing
fact('prompt', { text: 'Go on.' }, at);
// @ts-expect-error that is no status
fact('status', { status: 'killed' }, at);
// @ts-expect-error nor that a type
fact('shouted', {}, at);
// @ts-expect-error a time is checked
fact('session_renamed', { name: 'Another' }, 1);
