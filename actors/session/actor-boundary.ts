/**
 * The one boundary around an actor that shares its thread with others: what it throws, wherever it was called from,
 * breaks this actor alone. There are three ways in: a call (a message, an acknowledgement, an effect of its machine),
 * a timer, which is a call as well, and a promise that nobody waits for.
 */
import { asThroughlineError, ThroughlineError } from '../protocol/facts/error.ts';
import { redactSecrets } from '../protocol/facts/redact.ts';

const maxSaidCharacters = 500;

export type ActorBoundary = {
  /** The same work, within the boundary: it never raises. */
  readonly guard: <Given extends readonly unknown[]>(work: (...given: Given) => void) => (...given: Given) => void;
  /** Work that goes on by itself, within the boundary. */
  readonly follow: (work: Promise<unknown>) => void;
  /** What was thrown has come by another way. */
  readonly caught: (thrown: unknown) => void;
};

/** `onBroken` is called with the first fault, and with no other; it must not raise. `whose` is how errors call the actor. */
export const createActorBoundary = (whose: string, onBroken: (error: ThroughlineError) => void): ActorBoundary => {
  let broken = false;
  const caught = (thrown: unknown): void => {
    if (broken) return;
    broken = true;
    onBroken(faultOf(whose, thrown));
  };
  return {
    guard:
      (work) =>
      (...given) => {
        try {
          work(...given);
        } catch (thrown) {
          caught(thrown);
        }
      },
    follow: (work) => void work.catch(caught),
    caught,
  };
};

const faultOf = (whose: string, thrown: unknown): ThroughlineError =>
  new ThroughlineError('internal', `${whose} broke down: ${said(thrown)}`, {
    hint: 'give it a prompt to go on; the runtime log has where it came from',
    cause: thrown,
  });

const said = (thrown: unknown): string => redactSecrets(asThroughlineError(thrown).message).slice(0, maxSaidCharacters);
