import { realpathSync } from 'node:fs';
import { basename, delimiter, isAbsolute, relative } from 'node:path';
import { findProgram } from '../../agents/find-program.ts';

/** How this program was started: the script that runs, with the variables and the folder it was given. */
export type Start = {
  readonly script: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly workingDirectory: string;
};

const name = 'throughline';

/**
 * What a person types where they are to run this very program again, as words: `throughline` only where that finds it.
 * npm puts folders on PATH for what it starts, which the person who typed `npm start` does not have.
 */
export const typedProgram = ({ script, environment, workingDirectory }: Start): readonly string[] => {
  // Run from its source, or within another program, it cannot say what was typed.
  if (!/^throughline(\.js)?$/.test(basename(script))) return [name];
  const isByNpm = environment.npm_command !== undefined;
  const folders = (environment.PATH ?? environment.Path ?? '').split(delimiter);
  const own = isByNpm ? folders.filter((folder) => !/node_modules[/\\]\.bin$|node-gyp-bin$/.test(folder)) : folders;
  const found = findProgram(name, { ...environment, PATH: own.join(delimiter) });
  if (found !== null && isSame(found, script)) return [name];
  if (environment.npm_command === 'exec') return ['npx', name];
  // Where npm was asked, not where it runs the script.
  const fromHere = relative(environment.INIT_CWD ?? workingDirectory, script);
  return ['node', fromHere.startsWith('..') || isAbsolute(fromHere) ? script : fromHere];
};

/** What is on PATH may be a link; on Windows it is a script of npm's that starts the program. */
const isSame = (found: string, script: string): boolean => {
  if (/\.cmd$/i.test(found)) return true;
  try {
    return realpathSync(found) === realpathSync(script);
  } catch {
    return false;
  }
};

/**
 * Words of advice with the commands in them as they can be typed here.
 * @example
 * adviceTypedHere('`throughline list` shows them all', 'node dist/throughline.js') // => '`node dist/throughline.js list` shows them all'
 */
export const adviceTypedHere = (advice: string, program: string): string =>
  program === name ? advice : advice.replace(/(?<=^|[\s`(])throughline(?= [a-z])/gu, () => program);
