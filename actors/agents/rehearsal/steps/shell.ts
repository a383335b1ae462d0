import { spawn } from 'node:child_process';
import { stopTree } from './stop-tree.ts';

const progressEveryMs = 100;
const maxOutputCharacters = 32_000;

type ShellCommand = {
  readonly command: string;
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Hears all of the output so far, at most ten times a second. */
  readonly progress: (output: string) => Promise<void>;
};

type ShellResult = { readonly code: number | null; readonly signal: string | null; readonly output: string };

/** Runs a command in the user's shell. A cancelled command is stopped, and rejects. */
export const runShell = ({ command, cwd, signal, progress }: ShellCommand): Promise<ShellResult> =>
  new Promise((resolve, reject) => {
    // It stays in the agent's process group: whoever stops the agent's group stops its commands too.
    const child = spawn(command, { cwd, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let timer: NodeJS.Timeout | undefined;
    let reported: Promise<void> = Promise.resolve();

    const collect = (text: string): void => {
      output = (output + text).slice(-maxOutputCharacters);
      timer ??= setTimeout(() => {
        timer = undefined;
        reported = progress(output);
      }, progressEveryMs);
    };
    const cancel = (): void => {
      if (child.pid !== undefined) stopTree(child.pid);
      finish(() => reject(signal.reason));
    };
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      child.stdout.removeAllListeners();
      child.stderr.removeAllListeners();
      void reported.then(settle, reject);
    };

    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.once('error', (error) => finish(() => reject(error)));
    child.once('close', (code, killedBy) => finish(() => resolve({ code, signal: killedBy, output })));
    signal.addEventListener('abort', cancel);
  });
