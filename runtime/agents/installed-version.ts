/** Which release of an agent is installed: by the package that its program came in, without starting it. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';

export type InstalledPackage = { readonly name: string; readonly version: string };

const manifest = z.object({
  name: z.string().max(214),
  version: z.string().max(100),
  bin: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
});

const maxManifestBytes = 1024 * 1024;
/** Programs lie in their package, not far below its top. */
const maxLevels = 5;

/** The package that holds the program called `command` at `path`; null when it came in another way. */
export const installedPackage = (path: string, command: string): InstalledPackage | null => {
  let folder = dirname(realOf(path));
  for (let level = 0; level < maxLevels && folder !== dirname(folder); level += 1, folder = dirname(folder)) {
    const found = readManifest(join(folder, 'package.json'));
    // A package that the program only happens to lie below says nothing of it.
    if (found !== null && hasProgram(found, basename(command))) return { name: found.name, version: found.version };
  }
  return null;
};

const hasProgram = ({ name, bin }: z.infer<typeof manifest>, command: string): boolean =>
  typeof bin === 'string' ? basename(name) === command : bin !== undefined && Object.hasOwn(bin, command);

const readManifest = (path: string): z.infer<typeof manifest> | null => {
  try {
    if (statSync(path).size > maxManifestBytes) return null;
    const parsed = manifest.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};

const realOf = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};
