import { realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { editorCommand } from './editors.ts';
import { startOnDesktop } from './platform-opener.ts';

/**
 * Opens a file of a folder in the person's editor, at a line, and gives the editor's name. Not one that a link leads to
 * out of the folder: an agent may have put it there.
 *
 * Raises `review.not_found` for what is no file in there, and `desktop.unavailable` where no editor is found, or it does
 * not start.
 */
export const openInEditor = async (options: {
  readonly folder: string;
  /** From the folder on. */
  readonly path: string;
  readonly line: number;
  readonly editor: string | readonly string[] | undefined;
  readonly environment: NodeJS.ProcessEnv;
}): Promise<string> => {
  const { line, editor, environment } = options;
  const path = await fileIn(options.folder, options.path);
  const command = editorCommand(editor, { path, line }, environment);
  if (command === null) {
    const named = editor === undefined ? null : typeof editor === 'string' ? editor : editor[0];
    throw new ThroughlineError(
      'desktop.unavailable',
      named === null ? 'no editor was found that opens files without a terminal' : `there is no program ${named}`,
      { hint: 'name one in config.json: "editor": ["code", "--goto", "{path}:{line}"]' },
    );
  }
  const opened = await startOnDesktop(command, environment);
  if (opened.kind === 'opened') return basename(command.program);
  throw new ThroughlineError('desktop.unavailable', `the editor could not be opened: ${opened.message}`, {
    hint: `the file is ${path}`,
  });
};

const fileIn = async (folder: string, path: string): Promise<string> => {
  const refused = (why: string): ThroughlineError => new ThroughlineError('review.not_found', `${path} ${why}`);
  if (path.includes('\0') || isAbsolute(path)) throw refused('is no path in the session’s folder');
  const root = await realpath(folder).catch(() => null);
  const found = root === null ? null : await realpath(join(root, path)).catch(() => null);
  if (root === null || found === null) throw refused('is not there any more');
  const within = relative(root, found);
  if (within === '' || within.startsWith('..') || isAbsolute(within))
    throw refused('leads out of the session’s folder');
  if (!(await stat(resolve(found))).isFile()) throw refused('is no file');
  return found;
};
