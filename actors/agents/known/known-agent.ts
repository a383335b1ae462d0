/** How an agent that was tried behaves where the protocol leaves it open, or where it does otherwise. */

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
  /** How its questions are told from requests to do something, where they look the same. */
  readonly questions?: {
    /** The ids of options that are answers and allow nothing. */
    readonly answerIds?: RegExp;
    /** Its options only say that it is answered: the answers are given beside them, by the questions' numbers. */
    readonly takesAnswers?: true;
  };
};

/** Whether an identity names one of these packages or programs, as a whole word of its name or its command. */
export const isNamed =
  (...names: readonly string[]) =>
  ({ name, command }: AgentIdentity): boolean =>
    names.some((each) => name === each || command.split(/[\s/\\]+/u).includes(each));
