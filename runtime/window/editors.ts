/** Which editor a file is opened with, and by which words: pure but for the look at what is installed. */
import { basename } from 'node:path';
import { findProgram } from '../agents/find-program.ts';

export type EditorCommand = { readonly program: string; readonly words: readonly string[] };

export type FilePlace = {
  /** An absolute path: it cannot be taken for an option. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
};

type Way = (place: FilePlace) => readonly string[];

/** `PATH:LINE` in one word, by those that read it from its end; a path that itself looks so goes without a line. */
const colon = ({ path, line }: FilePlace): string => (/:\d+(?:$|:)/.test(path) ? path : `${path}:${line}`);

const byGoto: Way = (place) => ['--goto', colon(place)];
const byColon: Way = (place) => [colon(place)];
const byLineOption: Way = ({ path, line }) => ['--line', String(line), path];
const byPlus: Way = ({ path, line }) => [`+${line}`, path];

/** How editors take a line, by the name of their program; those first that are looked for where none is set. */
const ways: readonly (readonly [name: string, way: Way])[] = [
  ['code', byGoto],
  ['cursor', byGoto],
  ['windsurf', byGoto],
  ['codium', byGoto],
  ['vscodium', byGoto],
  ['code-insiders', byGoto],
  ['zed', byColon],
  ['zeditor', byColon],
  ['subl', byColon],
  ['idea', byLineOption],
  ['webstorm', byLineOption],
  ['pycharm', byLineOption],
  ['goland', byLineOption],
  ['rubymine', byLineOption],
  ['phpstorm', byLineOption],
  ['clion', byLineOption],
  ['rustrover', byLineOption],
  ['mate', ({ path, line }) => ['--line', String(line), path]],
  ['kate', ({ path, line }) => ['--line', String(line), path]],
  ['gedit', byPlus],
  ['gnome-text-editor', byPlus],
  ['gvim', byPlus],
  ['mvim', byPlus],
  ['emacs', byPlus],
  ['emacsclient', byPlus],
];

/** They need a terminal, which a runtime does not have. */
const inTerminal = new Set([
  'vi',
  'vim',
  'nvim',
  'nano',
  'pico',
  'ed',
  'ex',
  'helix',
  'hx',
  'micro',
  'kak',
  'joe',
  'ne',
]);

/**
 * The editor of a person: what the settings name (a program, or a program and its words; `{path}` and `{line}` in them
 * stand for those), else `$VISUAL`, else the first of the common ones that is installed. Null when there is none.
 *
 * What is named runs as it is, by its words: there is no shell that could read more into them.
 */
export const editorCommand = (
  setting: string | readonly string[] | undefined,
  place: FilePlace,
  environment: NodeJS.ProcessEnv,
): EditorCommand | null => {
  if (setting !== undefined) return namedEditor(typeof setting === 'string' ? [setting] : setting, place, environment);
  const visual = wordsOf(environment.VISUAL ?? '');
  const isUsable = visual[0] !== undefined && !needsTerminal(visual);
  const chosen = isUsable ? namedEditor(visual, place, environment) : null;
  if (chosen !== null) return chosen;
  for (const [name, way] of ways) {
    const program = findProgram(name, environment);
    if (program !== null) return { program, words: way(place) };
  }
  return null;
};

const namedEditor = (
  [command = '', ...words]: readonly string[],
  place: FilePlace,
  environment: NodeJS.ProcessEnv,
): EditorCommand | null => {
  const program = findProgram(command, environment);
  if (program === null) return null;
  if (words.some((word) => word.includes('{path}'))) {
    const filled = words.map((word) => word.replaceAll('{line}', String(place.line)).split('{path}').join(place.path));
    return { program, words: filled };
  }
  const way = ways.find(([name]) => name === nameOf(program))?.[1] ?? (({ path }: FilePlace) => [path]);
  return { program, words: [...words, ...way(place)] };
};

const nameOf = (program: string): string => basename(program).replace(/\.(?:exe|cmd|bat)$/i, '');

const needsTerminal = ([command = '', ...words]: readonly string[]): boolean =>
  inTerminal.has(nameOf(command)) || words.includes('-nw') || words.includes('--tty') || words.includes('-t');

/** The words of a command line as a person writes one: by spaces, those in quotes whole. */
const wordsOf = (text: string): readonly string[] =>
  [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double ?? single ?? plain ?? '');
