import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';

// `--import tsx` alone does nothing in a thread: there it has to be registered by name.
const registration = (): string =>
  `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;

/** Node's arguments for a thread: in development its entry is TypeScript, which Node alone may not read. */
export const threadArguments: string[] = import.meta.url.endsWith('.ts')
  ? ['--import', `data:text/javascript,${encodeURIComponent(registration())}`]
  : [];

const firstThatExists = (candidates: readonly string[]): string => {
  const paths = candidates.map((candidate) => fileURLToPath(new URL(candidate, import.meta.url)));
  const found = paths.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new ThroughlineError('internal', `none of ${paths.join(', ')} exists`, { hint: 'install Throughline again' });
};

/** The file that a kind of thread begins with: bundled, or in development its source. */
export const threadEntry = (name: 'writer' | 'reader' | 'session' | 'search'): string =>
  import.meta.url.endsWith('.ts')
    ? fileURLToPath(new URL(`../../actors/${name}/thread.ts`, import.meta.url))
    : // The bundler may have put this module into dist/ itself or into a folder of shared pieces below it.
      firstThatExists([`./${name}.js`, `../${name}.js`]);

/** The folder of the numbered SQL files. */
export const migrationsFolder = (): string => firstThatExists(['../migrations', '../../migrations']);
