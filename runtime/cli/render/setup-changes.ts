import type { RepositorySetupAnswer } from '../../../actors/protocol/gateway/check-routes.ts';
import type { Colours } from '../invocation/terminal.ts';
import { visibly } from '../text/sanitise.ts';

type SetupText = RepositorySetupAnswer['texts'][number];

/** How the texts of a setup differ from those that were agreed to: from the first line that does to the last. */
export const setupChanges = (before: readonly SetupText[], now: readonly SetupText[], colours: Colours): string => {
  const files = [...new Set([...before, ...now].map(({ file }) => file))];
  const textIn = (texts: readonly SetupText[], file: string): string =>
    texts.find((text) => text.file === file)?.text ?? '';
  return files.map((file) => fileChanges(file, textIn(before, file), textIn(now, file), colours)).join('');
};

const fileChanges = (file: string, before: string, now: string, colours: Colours): string => {
  if (before === now) return '';
  const old = linesOf(before);
  const young = linesOf(now);
  const shorter = Math.min(old.length, young.length);
  let first = 0;
  while (first < shorter && old[first] === young[first]) first += 1;
  let last = 0;
  while (last < shorter - first && old.at(-1 - last) === young.at(-1 - last)) last += 1;
  const width = String(Math.max(old.length, young.length)).length;
  const shown = (lines: readonly string[], mark: string, colour: (text: string) => string): string =>
    lines
      .slice(first, lines.length - last)
      .map((line, index) => `${String(first + index + 1).padStart(width)} ${colour(`${mark} ${visibly(line)}`)}\n`)
      .join('');

  return `${visibly(file)}\n${shown(old, '-', colours.red)}${shown(young, '+', colours.green)}`;
};

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
