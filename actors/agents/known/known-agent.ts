/** How an agent that was tried behaves where the protocol leaves it open, or where it does otherwise. */

import type { Payload } from '../../protocol/facts/events.ts';
import type { RetrySigns } from '../signs/retry.ts';
import type { FailureSigns } from '../signs/turn-failure.ts';

/** Which agent it is, by what it says of itself and by the command that started it. */
export type AgentIdentity = { readonly name: string | null; readonly command: string };

export type KnownAgent = {
  readonly name: string;
  readonly recognises: (identity: AgentIdentity) => boolean;
  /**
   * The modes in which it asks before it edits a file or runs a command, or does neither, the best first; `always` where
   * it needs none for that, `never` where it cannot be made to ask, `as_configured` where its own configuration says.
   */
  readonly asksIn: readonly string[] | 'always' | 'never' | 'as_configured';
  /** Why it is never asked to load a conversation, where that does harm. */
  readonly neverLoads?: string;
  /**
   * Its methods of login that need no person while one of these variables is set in its environment, because it then
   * takes what it finds there.
   */
  readonly logsInBy?: readonly { readonly methodId: string; readonly needs: readonly string[] }[];
  /** What of its words on stderr a person has to know, in ours. */
  readonly warnings?: readonly { readonly when: RegExp; readonly notice: string }[];
  /** What one of its updates tells besides what the protocol has words for. */
  readonly saysInUpdate?: (update: { readonly sessionUpdate: string }) => readonly AlsoSaid[];
  /** What its answer to a prompt tells besides. */
  readonly saysInAnswer?: (answer: object) => readonly AlsoSaid[];
  /**
   * Set where it understands no error of ours as "there is no such file", and so could make none, as it reads each file
   * before it writes it: it is told that the file is empty, as editors do, which open a new file for such a name.
   */
  readonly readsMissingAsEmpty?: true;
  /**
   * By what a turn is known to have failed that it ends with `end_turn`; for one that always says so itself there is
   * none. Each has recordings in spec/recordings/limits.
   */
  readonly failureIn?: FailureSigns;
  /** By what it is known to try again, where it tells that in its own way. */
  readonly retryIn?: RetrySigns;
  /** Set where it forgets a prompt that was refused at its turn's first call: it is told that again. */
  readonly dropsRefusedPrompt?: true;
  /** Set where it does not say of which kind a failure was, and most are limits or a service that failed: it is tried again. */
  readonly triesUnnamedAgain?: true;
  /** How its questions are told from requests to do something, where they look the same. */
  readonly questions?: {
    /** The ids of options that are answers and allow nothing. */
    readonly answerIds?: RegExp;
    /** Its options only say that it is answered: the answers are given beside them, by the questions' numbers. */
    readonly takesAnswers?: true;
  };
};

/** What an agent tells in a way of its own: figures, which are told each time, and limits, when they have changed. */
export type AlsoSaid =
  | { readonly type: 'usage'; readonly payload: Payload<'usage'> }
  | { readonly type: 'limit'; readonly payload: Payload<'limit'> };

/** Whether an identity names one of these packages or programs, as a whole word of its name or its command. */
export const isNamed =
  (...names: readonly string[]) =>
  ({ name, command }: AgentIdentity): boolean =>
    names.some((each) => name === each || command.split(/[\s/\\]+/u).includes(each));
