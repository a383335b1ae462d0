// Bundles what is shipped into dist/: one file for each process and each thread's entry, so that no user waits for a
// transpiler or for hundreds of small files. Native and path-sensitive packages stay outside.
import { existsSync } from 'node:fs';
import { chmod, copyFile, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { emitTypes } from './emit-types.mjs';

// Another program's work, which goes on beside this one's.
const types = emitTypes();
const root = fileURLToPath(new URL('.', import.meta.url));
const outdir = `${root}dist`;

/** @satisfies {import('esbuild').BuildOptions} */
const forNode = {
  metafile: true,
  absWorkingDir: root,
  outdir,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Smaller files load faster; names stay, so that a stack trace can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
  external: ['piscina'],
  // Bundled CommonJS packages (ws, commander) call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

// A command loads what it needs when it needs it, so the command line is split.
const commandLine = await build({
  ...forNode,
  entryPoints: { throughline: 'runtime/cli/main.ts' },
  splitting: true,
  chunkNames: 'shared/[name]-[hash]',
  plugins: [
    {
      name: 'serving program in a bundle of its own',
      setup: ({ onResolve }) =>
        onResolve({ filter: /\/serving-program\.ts$/ }, () => ({ path: './serving-program.js', external: true })),
    },
  ],
});
// The runtime, its threads and agents need all of themselves at once, so each is one file: every file that is loaded
// costs a start about a millisecond.
const servingProgram = await build({
  ...forNode,
  entryPoints: { 'serving-program': 'runtime/cli/serving-program.ts' },
});
const threads = await build({
  ...forNode,
  entryPoints: {
    writer: 'actors/writer/thread.ts',
    reader: 'actors/reader/thread.ts',
    session: 'actors/session/thread.ts',
    search: 'actors/search/thread.ts',
    rehearsal: 'actors/agents/rehearsal/main.ts',
  },
});
// What other programs import, the two with what they share: an error of the one is an error of the other.
const library = await build({
  ...forNode,
  entryPoints: { client: 'runtime/library/client.ts', runtime: 'runtime/library/runtime.ts' },
  splitting: true,
  chunkNames: 'library/[name]-[hash]',
});
await chmod(`${outdir}/throughline.js`, 0o755);

// The window: a page of a few files, for the browser and for the window's own engine. No inline source and no eval, so
// that it works under its content security policy.
const buildWindow = async () => {
  if (!existsSync(`${root}gui/main.tsx`)) return [];
  const page = await build({
    metafile: true,
    absWorkingDir: root,
    // Two of one name, for the script and the style; and the worker that the review starts.
    entryPoints: [
      { in: 'gui/main.tsx', out: 'window' },
      { in: 'gui/window.css', out: 'window' },
      { in: 'gui/review/colours/thread.ts', out: 'code-colours' },
    ].filter(({ in: path }) => existsSync(`${root}${path}`)),
    outdir: `${outdir}/window`,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    platform: 'browser',
    format: 'esm',
    // WebKitGTK of Debian 12, and every browser of the last years.
    target: ['es2022', 'safari16'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    alias: { react: 'preact/compat', 'react-dom': 'preact/compat', 'react/jsx-runtime': 'preact/jsx-runtime' },
    define: { 'process.env.NODE_ENV': '"production"' },
    minify: true,
    sourcemap: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const made = Object.keys(page.metafile.outputs);
  for (const name of ['index.html', 'icon.svg']) {
    if (!existsSync(`${root}gui/${name}`)) continue;
    await copyFile(`${root}gui/${name}`, `${outdir}/window/${name}`);
    made.push(`dist/window/${name}`);
  }
  return made;
};
const windowFiles = await buildWindow();

// What an earlier build left goes last, so that a program started meanwhile finds either the old files or the new.
const nodeFiles = [commandLine, servingProgram, threads, library].flatMap(({ metafile }) =>
  Object.keys(metafile.outputs),
);
const made = new Set([...nodeFiles, ...windowFiles, ...(await types)].map((path) => resolve(root, path)));
for (const entry of await readdir(outdir, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !made.has(path)) await rm(path, { force: true });
}
