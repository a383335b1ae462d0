/** What of a prompt can be completed where the caret stands: a command of the agent, or a path of the worktree. Pure. */

export type Completable = {
  readonly kind: 'command' | 'path';
  /** What was typed of it. */
  readonly typed: string;
  /** Where it stands, with the sign before it. */
  readonly from: number;
  readonly to: number;
};

export type Suggestion = {
  /** What is taken: a command's name, a path. */
  readonly value: string;
  readonly words: string | null;
  readonly hint: string | null;
};

/** What is being written at the caret; null when it is neither. Commands stand at the beginning only. */
export const completableAt = (text: string, caret: number): Completable | null => {
  const before = text.slice(0, caret);
  const command = /^\/(\S*)$/u.exec(before);
  if (command !== null) return { kind: 'command', typed: command[1] ?? '', from: 0, to: caret };
  const path = /(?:^|\s)@(\S*)$/u.exec(before);
  const typed = path?.[1];
  return typed === undefined ? null : { kind: 'path', typed, from: caret - typed.length - 1, to: caret };
};

/** The prompt with a suggestion in place of what was typed, and where the caret stands then. */
export const completed = (
  text: string,
  { kind, from, to }: Completable,
  { value }: Suggestion,
): { readonly text: string; readonly caret: number } => {
  const taken = `${kind === 'command' ? '/' : '@'}${value} `;
  return { text: text.slice(0, from) + taken + text.slice(to).replace(/^ /u, ''), caret: from + taken.length };
};

type Command = { readonly name: string; readonly description?: string | undefined; readonly hint?: string | undefined };

/** The commands that what was typed may mean: those that begin so before those that have it in them. */
export const matchingCommands = (commands: readonly Command[], typed: string): readonly Suggestion[] => {
  const wanted = typed.toLowerCase();
  const rank = ({ name }: Command): number => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return commands
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort((left, right) => rank(left) - rank(right))
    .map(({ name, description, hint }) => ({ value: name, words: description ?? null, hint: hint ?? null }));
};

/** Of the paths that were taken, those that the prompt still speaks of. */
export const spokenPaths = (text: string, taken: ReadonlySet<string>): readonly string[] =>
  [...taken].filter((path) => text.split(/\s/u).join(' ').concat(' ').includes(`@${path} `));
