/** A commit's message, drafted from what a session was asked, planned and changed. Pure; a person may change all of it. */

export type SessionToTell = {
  readonly name: string;
  /** What it was asked, the first prompt first. */
  readonly prompts: readonly string[];
  /** The entries of its last plan that are done. */
  readonly done: readonly string[];
  readonly files: readonly string[];
};

const subjectLength = 72;
const lineLength = 72;
const maxBodyLines = 12;
const maxPromptLength = 800;
const maxPlanEntries = 12;
const maxEntryLines = 3;
const maxFiles = 8;

/** Its first line has at most 72 characters, and the others are broken where they would be longer. */
export const draftMessage = ({ name, prompts, done, files }: SessionToTell): string => {
  const [first = ''] = prompts;
  const subject = subjectOf(name, first, files);
  const asked = prompts
    .map((prompt) => prompt.trim().slice(0, maxPromptLength))
    .filter((prompt) => prompt !== '' && folded(prompt) !== folded(subject));
  const [prompt] = asked;
  const parts = [
    ...(prompt === undefined ? [] : [wrapped(prompt).slice(0, maxBodyLines).join('\n')]),
    ...(asked.length > 1
      ? [`And ${asked.length - 1} more ${asked.length === 2 ? 'prompt' : 'prompts'} after that.`]
      : []),
    ...(done.length === 0 ? [] : [done.slice(0, maxPlanEntries).map(listEntry).join('\n')]),
    ...(files.length < 2 ? [] : [wrapped(`Files: ${listed(files)}`).join('\n')]),
  ];
  return `${[subject, ...parts].join('\n\n')}\n`;
};

const folded = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.…]+$/, '')
    .toLowerCase();

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const subjectOf = (name: string, prompt: string, files: readonly string[]): string => {
  const label = oneLine(name);
  const asked = oneLine(prompt.trim().split('\n', 1)[0] ?? '');
  // One word tells sessions apart and says little; a name that was made of the prompt is only its beginning.
  const saysLess = !label.includes(' ') || asked.startsWith(label.replace(/…$/, ''));
  const line = (saysLess ? [asked, label] : [label, asked]).find((text) => text !== '');
  const words = line ?? (files.length === 0 ? 'Changes' : `Change ${listed(files)}`);
  if (words.length <= subjectLength) return withoutTrailer(words);
  const cut = words.slice(0, subjectLength);
  const end = cut.lastIndexOf(' ');
  return withoutTrailer(`${cut.slice(0, end > subjectLength / 2 ? end : subjectLength - 1).trimEnd()}…`);
};

/** A line that would be taken for a comment, or for a trailer's name, by whoever edits or reads it. */
const withoutTrailer = (text: string): string => text.replace(/^#+\s*/, '').replace(/[.]$/, '');

const listEntry = (entry: string): string => {
  const [first = '', ...more] = wrapped(entry.replace(/\s+/g, ' ').trim(), lineLength - 2);
  return [`- ${first}`, ...more.slice(0, maxEntryLines - 1).map((line) => `  ${line}`)].join('\n');
};

const listed = (files: readonly string[]): string => {
  const shown = files
    .slice(0, maxFiles)
    .map((file) => file.replace(/\s+/g, ' '))
    .join(', ');
  return files.length > maxFiles ? `${shown} and ${files.length - maxFiles} more` : shown;
};

/** Its lines, broken at spaces; a word that is longer than a line has one of its own. */
const wrapped = (text: string, width = lineLength): readonly string[] =>
  text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.trim().split(/\s+/)) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    // What git or an editor would take for a comment is set in by one.
    return [...lines, line].map((each) => (each.startsWith('#') ? ` ${each}` : each));
  });
