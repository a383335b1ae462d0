/** What the agent is told of checks that failed: a prompt made of their names and of the end of what they said. */

export type FailedCheckToTell = {
  readonly name: string;
  /** What was run; null where somebody else ran it (a service for pull requests). */
  readonly command: string | null;
  /** How it ended, in a few words: `failed (exit code 1)`. */
  readonly how: string;
  /** What it said, or the end of that. */
  readonly output: string;
};

const maxTailCharacters = 8_000;
const maxTailLines = 200;

/**
 * The prompt. What a check said is quoted in a fence that it cannot end: what is in there is no word of the person's.
 */
export const failedCheckPrompt = (failed: readonly FailedCheckToTell[]): string => {
  const one = failed.length === 1;
  const parts = failed.map(({ name, command, how, output }) => {
    const tail = tailOf(output);
    const head = `The check "${oneLine(name)}" ${oneLine(how)}${command === null ? '.' : ', run as:'}`;
    const said = tail === '' ? 'It said nothing.' : `The end of what it said:\n\n${fenced(tail)}`;
    return [head, ...(command === null ? [] : [fenced(command)]), said].join('\n\n');
  });
  return [...parts, `Find the cause and mend it${one ? '' : ' for each of them'}. Do not weaken the check.`].join(
    '\n\n',
  );
};

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 200);

/** Its end: whole lines, without the escapes that colour a terminal. */
const tailOf = (output: string): string => {
  const plain = output
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is taken out here
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g, '')
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: and what is left of them
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .trimEnd();
  if (plain.length <= maxTailCharacters && plain.split('\n').length <= maxTailLines) return plain;
  const cut = plain.slice(-maxTailCharacters);
  const lines = (cut.length < plain.length ? cut.slice(cut.indexOf('\n') + 1) : cut).split('\n').slice(-maxTailLines);
  return `…\n${lines.join('\n')}`;
};

/** In a fence longer than any in it. */
const fenced = (text: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
};
