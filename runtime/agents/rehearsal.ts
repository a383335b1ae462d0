import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rehearsalScripts } from '../../actors/agents/rehearsal/scripts/scripts.ts';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { nearest } from './nearest.ts';

/** Node's arguments that start the rehearsal agent: the bundled one, or in development its source. */
export const rehearsalArguments = (): readonly string[] => {
  if (import.meta.url.endsWith('.ts')) {
    const source = new URL('../../actors/agents/rehearsal/main.ts', import.meta.url);
    // As a whole path: the agent's working folder is somebody's worktree, where `tsx` would not be found.
    return ['--import', import.meta.resolve('tsx'), fileURLToPath(source)];
  }
  // The bundler may have put this module into dist/ itself or into a folder of shared pieces below it.
  const bundled = ['./rehearsal.js', '../rehearsal.js'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const found = bundled.find((path) => existsSync(path));
  if (found !== undefined) return [found];
  throw new ThroughlineError('agent.not_installed', 'the rehearsal agent is missing from this installation', {
    hint: 'install Throughline again; in its repository: npm run build',
    details: { bundled },
  });
};

/**
 * Checks a script's name: a built-in one, or the absolute path of a JSON file.
 * Raises `agent.script_invalid`.
 */
export const checkRehearsalScript = (script: string): void => {
  const known = Object.keys(rehearsalScripts);
  if (known.includes(script) || (script.endsWith('.json') && isAbsolute(script))) return;
  if (script.endsWith('.json')) {
    throw new ThroughlineError('agent.script_invalid', `the rehearsal script ${script} is not an absolute path`, {
      hint: 'give the whole path: the agent works in another folder than you',
    });
  }
  const meant = nearest(script, known);
  throw new ThroughlineError('agent.script_invalid', `there is no rehearsal script called ${script}`, {
    hint: `${meant === null ? '' : `did you mean ${meant}? `}built in are ${known.join(', ')}; a file is FILE.json`,
  });
};
