// The declarations of what the package exports, in dist/types/: those of the two entries and of all that they name. They
// are made without a check, which is `npm run check`'s; that they hold by themselves is what the test of the package says.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const entries = ['runtime/library/client.d.ts', 'runtime/library/runtime.d.ts'];
const relativeImport = /((?:from|import\()\s*['"]\.[^'"]*)\.ts(?=['"])/g;

/** Gives the paths of what was made, below `dist`. */
export const emitTypes = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-types-'));
  try {
    const compiler = `${root}node_modules/typescript/bin/tsc`;
    const words = [compiler, '-p', `${root}tsconfig.library.json`, '--outDir', folder];
    const said = await new Promise((done) => {
      execFile(process.execPath, words, (_, stdout, stderr) => done(`${stdout}${stderr}`));
    });
    const found = new Set(entries);
    for (const path of found) {
      const text = await readFile(join(folder, path), 'utf8').catch((cause) => {
        throw new Error(`the declarations ${path} were not made: ${said}`, { cause });
      });
      for (const [named] of text.matchAll(relativeImport)) {
        const specifier = named.slice(named.search(/['"]/) + 1);
        found.add(join(dirname(path), `${specifier.replace(/\.ts$/, '')}.d.ts`));
      }
      const target = resolve(root, 'dist/types', path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text.replace(relativeImport, '$1.js'));
    }
    return [...found].map((path) => `dist/types/${path}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
