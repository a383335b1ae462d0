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
  /**
   * Set where it understands no error of ours as "there is no such file", and so could make none, as it reads each file
   * before it writes it: it is told that the file is empty, as editors do, which open a new file for such a name.
   */
  readonly readsMissingAsEmpty?: true;
};

/** Whether an identity names one of these packages or programs, as a whole word of its name or its command. */
export const isNamed =
  (...names: readonly string[]) =>
  ({ name, command }: AgentIdentity): boolean =>
    names.some((each) => name === each || command.split(/[\s/\\]+/u).includes(each));
