import { spawn } from 'node:child_process';
import { ThroughlineError } from '../../actors/protocol/error.ts';

/**
 * Opens a URL of the runtime in the person's browser; false when there is no program that does. Only http on loopback:
 * what opens a URL opens files and other programs as well. Raises `input.invalid` for anything else.
 */
export const openBrowser = (url: string, environment: NodeJS.ProcessEnv): Promise<boolean> => {
  const address = checkedUrl(url);
  const [program, ...words] = openerFor(process.platform);
  return new Promise((resolve) => {
    const child = spawn(program, [...words, address], { env: environment, stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    // Most hand the URL over and end; some are the browser itself and stay.
    const patience = setTimeout(() => resolve(true), patienceMs);
    child.once('exit', (code) => {
      clearTimeout(patience);
      resolve(code === 0);
    });
    child.unref();
  });
};

const patienceMs = 3_000;

const checkedUrl = (url: string): string => {
  const { protocol, hostname, username, password, href } = new URL(url);
  const isOurs = protocol === 'http:' && (hostname === '127.0.0.1' || hostname === 'localhost');
  if (isOurs && username === '' && password === '') return href;
  throw new ThroughlineError('input.invalid', 'only a URL of the runtime is opened in a browser');
};

const openerFor = (platform: NodeJS.Platform): readonly [string, ...string[]] => {
  switch (platform) {
    case 'darwin':
      return ['open'];
    case 'win32':
      // Not `start`: that is a word of the shell, which would take `&` for one as well.
      return ['rundll32', 'url.dll,FileProtocolHandler'];
    default:
      return ['xdg-open'];
  }
};
