// Bundles what is shipped into dist/: one file for each process and each thread's entry, so that no user waits for a
// transpiler or for hundreds of small files. Native and path-sensitive packages stay outside.
import { chmod, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));
const outdir = `${root}dist`;

const { metafile } = await build({
  metafile: true,
  absWorkingDir: root,
  entryPoints: {
    throughline: 'runtime/cli/main.ts',
    writer: 'actors/writer/thread.ts',
    reader: 'actors/reader/thread.ts',
    session: 'actors/session/thread.ts',
    search: 'actors/search/thread.ts',
    rehearsal: 'actors/session/agents/rehearsal/main.ts',
  },
  outdir,
  bundle: true,
  splitting: true,
  chunkNames: 'shared/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
  external: ['better-sqlite3', 'piscina'],
  // Bundled CommonJS packages (ws, commander) call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
await chmod(`${outdir}/throughline.js`, 0o755);

// What an earlier build left goes last, so that a program started meanwhile finds either the old files or the new.
const made = new Set(Object.keys(metafile.outputs).map((path) => resolve(root, path)));
for (const entry of await readdir(outdir, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !made.has(path)) await rm(path, { force: true });
}
