/** The desktop's own way to show something: a page in the browser, a folder in the file manager. Never by a shell. */
import { spawn } from 'node:child_process';
import { homedir } from 'node:os';

export type Opened =
  | { readonly kind: 'opened' }
  /** `message` says which program could not, and how it ended. */
  | { readonly kind: 'failed'; readonly message: string };

type Opener = {
  readonly program: string;
  readonly words: readonly string[];
  /** What its exit code says is not to be relied on. */
  readonly ignoresExit?: boolean;
};

/** Most hand it over and end; some are the browser or the file manager itself and stay. */
const patienceMs = 3_000;

/** Shows an absolute path that the caller has looked at: what opens folders starts programs as well. */
export const openOnDesktop = (
  what: 'page' | 'folder',
  path: string,
  environment: NodeJS.ProcessEnv,
): Promise<Opened> => {
  const { words, ...opener } = openerFor(what, process.platform);
  return startOnDesktop({ ...opener, words: [...words, path] }, environment);
};

/** Starts a program of the desktop with these words, and does not wait for the end of one that stays. */
export const startOnDesktop = (
  { program, words, ignoresExit = false }: Opener,
  environment: NodeJS.ProcessEnv,
): Promise<Opened> =>
  new Promise((resolve) => {
    const child = spawn(program, [...words], {
      // What is started is no part of a run, whatever started us; and no folder is kept in use by it.
      env: { ...environment, THROUGHLINE_RUN: undefined },
      cwd: homedir(),
      stdio: 'ignore',
      detached: true,
    });
    child.once('error', (error) => resolve({ kind: 'failed', message: error.message }));
    const patience = setTimeout(() => resolve({ kind: 'opened' }), patienceMs);
    child.once('exit', (code, signal) => {
      clearTimeout(patience);
      if (code === 0 || ignoresExit) resolve({ kind: 'opened' });
      else resolve({ kind: 'failed', message: `${program} ended with ${signal ?? `exit code ${code}`}` });
    });
    child.unref();
  });

const openerFor = (what: 'page' | 'folder', platform: NodeJS.Platform): Opener => {
  switch (platform) {
    case 'darwin':
      // A folder whose name ends in `.app` would be started; the Finder only shows it.
      return { program: 'open', words: what === 'folder' ? ['-a', 'Finder'] : [] };
    case 'win32':
      return what === 'folder'
        ? { program: 'explorer.exe', words: [], ignoresExit: true }
        : // Not `start`: that is a word of the shell, which would take `&` for one as well.
          { program: 'rundll32', words: ['url.dll,FileProtocolHandler'] };
    default:
      return { program: 'xdg-open', words: [] };
  }
};
