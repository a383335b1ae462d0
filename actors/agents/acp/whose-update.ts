/**
 * Whose an update is: of the conversation that is open, of an agent's agent that was announced in it, or of another,
 * which is not heard here. While a new conversation is begun its id is not known yet: the first that is heard of is
 * taken for it.
 */
import type { Subagents } from './subagents.ts';

export type Owner =
  | { readonly kind: 'own' }
  | { readonly kind: 'subagent'; readonly name: string }
  | { readonly kind: 'other' };

export type WhoseUpdateOptions = {
  readonly subagents: Subagents;
  /** The id of the conversation, once it is known. */
  readonly conversation: () => string | null;
};

export const createWhoseUpdate = ({ subagents, conversation }: WhoseUpdateOptions) => {
  let isBeginning = true;
  let first: string | null = null;

  return {
    /** A conversation is begun whose id the agent is yet to give. */
    begins: (): void => {
      isBeginning = true;
      first = null;
    },
    /** The conversation's id is known from here on. */
    isKnown: (): void => {
      isBeginning = false;
    },
    /** The id of the conversation, as far as it is known. */
    own: (): string => (isBeginning ? first : conversation()) ?? '',
    of: (sessionId: string): Owner => {
      const name = subagents.nameOf(sessionId);
      if (name !== null) return { kind: 'subagent', name };
      if (isBeginning) first ??= sessionId;
      return (isBeginning ? first : conversation()) === sessionId ? { kind: 'own' } : { kind: 'other' };
    },
  };
};
