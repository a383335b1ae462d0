/** How an agent that was tried behaves where the protocol leaves it open, or where it does otherwise. */
import type { RetrySigns } from '../signs/retry.ts';
import type { FailureSigns } from '../signs/turn-failure.ts';

/** Which agent it is, by what it says of itself and by the command that started it. */
export type AgentIdentity = { readonly name: string | null; readonly command: string };

export type KnownAgent = {
  readonly name: string;
  readonly recognises: (identity: AgentIdentity) => boolean;
  /**
   * The modes in which it asks before it acts, the best first; `always` where it needs none for that, `never` where it
   * cannot be made to ask.
   */
  readonly asksIn: readonly string[] | 'always' | 'never';
  /**
   * By what a turn is known to have failed that it ends with `end_turn`; for one that always says so itself there is
   * none. Each has recordings in spec/recordings/limits.
   */
  readonly failureIn?: FailureSigns;
  /** By what it is known to try again, where it tells that in its own way. */
  readonly retryIn?: RetrySigns;
};

/** Whether an identity names one of these packages or programs, as a whole word of its name or its command. */
export const isNamed =
  (...names: readonly string[]) =>
  ({ name, command }: AgentIdentity): boolean =>
    names.some((each) => name === each || command.split(/[\s/\\]+/u).includes(each));
