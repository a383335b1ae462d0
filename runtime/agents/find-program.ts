import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The absolute path of the program that a command names, or null when there is none. A command is a name, looked for in
 * the folders of PATH, or an absolute path. Relative folders in PATH are passed over: what they name depends on where
 * the runtime was started, and could be a folder an agent writes in.
 */
export const findProgram = (command: string, environment: NodeJS.ProcessEnv): string | null => {
  const endings = process.platform === 'win32' ? ['', ...(environment.PATHEXT ?? '.EXE;.CMD;.BAT').split(';')] : [''];
  const runnable = (path: string): string | null =>
    endings.map((ending) => path + ending).find((candidate) => isProgram(candidate)) ?? null;
  if (isAbsolute(command)) return runnable(command);
  if (command === '' || /[/\\]/.test(command)) return null;
  for (const folder of (environment.PATH ?? environment.Path ?? '').split(delimiter)) {
    const found = isAbsolute(folder) ? runnable(join(folder, command)) : null;
    if (found !== null) return found;
  }
  return null;
};

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};
