/** Where the program is that shows the window: fetched by `npm run window:fetch`, or named by the environment. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const binaryVariable = 'THROUGHLINE_WINDOW_BINARY';

const systemNames: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'mac', win32: 'win' };
const archNames: Partial<Record<NodeJS.Architecture, readonly string[]>> = {
  x64: ['x64'],
  arm64: ['arm64'],
  arm: ['armhf'],
};

/** The names under which Neutralino's binary for a machine may lie in `bin/`, the best first. */
export const binaryNames = (platform: NodeJS.Platform, arch: NodeJS.Architecture): readonly string[] => {
  const system = systemNames[platform];
  if (system === undefined) return [];
  const archs = [...(archNames[arch] ?? []), ...(platform === 'darwin' ? ['universal'] : [])];
  return archs.map((name) => `neutralino-${system}_${name}${platform === 'win32' ? '.exe' : ''}`);
};

/** The window's program, or null when there is none. */
export const findWindowBinary = (environment: NodeJS.ProcessEnv): string | null => {
  const named = environment[binaryVariable];
  if (named !== undefined && named !== '') return existsSync(named) ? resolve(named) : null;
  // Seen from the source, from the bundle, and from a piece of the bundle.
  const folders = ['../bin/', '../../bin/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const paths = folders.flatMap((folder) => binaryNames(process.platform, process.arch).map((name) => folder + name));
  return paths.find((path) => existsSync(path)) ?? null;
};

/** Whether there is a screen to show something on. */
export const hasDisplay = (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): boolean => {
  if (platform === 'win32') return true;
  if (platform === 'darwin') return !environment.SSH_CONNECTION;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
};
