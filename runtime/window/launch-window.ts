/**
 * Shows the window: Neutralino's binary with a configuration of its own in a private folder. The one-time URL stands in
 * that file, never in the process list, and the file goes when it has been read.
 */
import { spawn } from 'node:child_process';
import template from '../../neutralino.config.json' with { type: 'json' };
import { ownWindowMark } from './own-window-mark.ts';
import { writePrivateFile } from './private-file.ts';

export type WindowEnd =
  | { readonly kind: 'closed' }
  /** It never came up, so something else should be shown instead. */
  | { readonly kind: 'failed'; readonly message: string };

export type WindowProcess = {
  readonly pid: number | undefined;
  readonly ended: Promise<WindowEnd>;
  /** Removes the configuration, once the URL in it has been used. By itself that happens after a while. */
  readonly forget: () => void;
  readonly close: () => void;
};

export type LaunchOptions = {
  readonly binary: string;
  /** The one-time URL. */
  readonly url: string;
  /** What is open at first: the end of the address, from `#` on. */
  readonly at?: string;
  readonly environment: NodeJS.ProcessEnv;
};

/** The binary reads its configuration at once; by now it has, or never will. */
const configurationLifeMs = 15_000;
/** One that ends badly before this has shown nothing to anybody. */
const leastShownMs = 3_000;
const stderrCharacters = 500;

/** The configuration of the window: least privilege, and the URL to begin with. */
export const windowConfiguration = (url: string): Readonly<Record<string, unknown>> => {
  const { $schema: _schema, cli: _cli, ...configuration } = template;
  return { ...configuration, url };
};

export const launchWindow = ({ binary, url, at = '', environment }: LaunchOptions): WindowProcess => {
  const { folder, forget } = writePrivateFile(
    'neutralino.config.json',
    JSON.stringify(windowConfiguration(url + ownWindowMark + at)),
  );
  const begun = Date.now();
  const child = spawn(binary, ['--res-mode=directory', `--path=${folder}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...environment,
      // Without it WebKit shows an empty window with some drivers.
      ...(process.platform === 'linux' ? { WEBKIT_DISABLE_DMABUF_RENDERER: '1' } : {}),
      ...definedOnly(environment, 'WEBKIT_DISABLE_DMABUF_RENDERER'),
    },
  });
  const timer = setTimeout(forget, configurationLifeMs);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-stderrCharacters);
  });
  const ended = new Promise<WindowEnd>((resolve) => {
    child.once('error', (error) => resolve({ kind: 'failed', message: error.message }));
    child.once('close', (code, signal) => {
      const cameUp = code === 0 || Date.now() - begun >= leastShownMs;
      const how = said.trim() || `it ended with ${signal ?? `exit code ${code}`}`;
      resolve(cameUp ? { kind: 'closed' } : { kind: 'failed', message: how });
    });
  }).finally(() => {
    clearTimeout(timer);
    forget();
  });
  return { pid: child.pid, ended, forget, close: () => void child.kill() };
};

const definedOnly = (environment: NodeJS.ProcessEnv, name: string): NodeJS.ProcessEnv =>
  environment[name] === undefined ? {} : { [name]: environment[name] };
