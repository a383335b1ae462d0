/**
 * The package as somebody else gets it: packed, unpacked into an empty project, and used by what `docs/LIBRARY.md` shows.
 * Its dependencies are those of this repository, each linked by its name because the package names it: no registry is
 * asked, and what the package does not name it does not find.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { equal, is, match, ok } from 'uvu/assert';
import * as z from 'zod';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';

const test = suite('the package', { timeLimitMs: 240_000 });
const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const commandTimeLimitMs = 120_000;

const versions = z.record(z.string(), z.string()).default({});
const manifest = z.object({
  bin: z.object({ throughline: z.string() }),
  dependencies: versions,
  optionalDependencies: versions,
});

/** The example of that name in the document. */
const example = (name: string): string => {
  const document = readFileSync(join(root, 'docs/LIBRARY.md'), 'utf8');
  const code = new RegExp(`^\`\`\`ts ${name}\\n(.*?)^\`\`\`$`, 'ms').exec(document)?.[1];
  if (code === undefined) throw new Error(`docs/LIBRARY.md has no example called ${name}`);
  return code;
};

const link = (project: string, name: string): void => {
  const path = join(project, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), path, 'junction');
};

/** An empty project with the packed package in it, and TypeScript's own configuration for a program on Node. */
const createProject = (): string => {
  const project = temporaryFolder('package');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Without scripts: it is built already, and would be built anew under the tests that run beside this one.
  const words = ['pack', '--ignore-scripts', '--offline', '--loglevel=error', '--pack-destination', project];
  execFileSync(npm, words, { cwd: root, timeout: commandTimeLimitMs, shell: process.platform === 'win32' });
  const [tarball = ''] = readdirSync(project);
  const unpacked = join(project, 'node_modules/throughline');
  mkdirSync(unpacked, { recursive: true });
  execFileSync('tar', ['-xzf', join(project, tarball), '-C', unpacked, '--strip-components=1']);
  const { dependencies, optionalDependencies } = manifest.parse(
    JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')),
  );
  const installed = readdirSync(join(root, 'node_modules'));
  for (const name of Object.keys(dependencies)) link(project, name);
  // Of those that fit one Node and not another, the ones that are there.
  for (const name of Object.keys(optionalDependencies)) if (installed.includes(name)) link(project, name);
  link(project, '@types/node');
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2023'],
    module: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    // The package's declarations are checked as well.
    skipLibCheck: false,
    types: ['node'],
    outDir: 'out',
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  return project;
};

const compile = async (project: string): Promise<void> => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-p', project], { timeout: commandTimeLimitMs }).catch((thrown) => {
    throw new Error(`the examples do not compile:\n${thrown.stdout}`);
  });
};

const runIn = async (project: string, ...words: readonly string[]): Promise<string> => {
  const env = { ...process.env, THROUGHLINE_DATA: join(project, 'throughline-data') };
  return (await run(process.execPath, words, { cwd: project, env, timeout: commandTimeLimitMs })).stdout;
};

test('what it exports is typed, and does what the document shows, in a project that has nothing else', async () => {
  const project = createProject();
  writeFileSync(join(project, 'runtime.ts'), example('runtime'));
  writeFileSync(join(project, 'client.ts'), example('client'));
  // A runtime around the client's example, in which the session of the first one is still to be seen.
  writeFileSync(
    join(project, 'both.ts'),
    `import { openRuntime } from 'throughline/runtime';
const opened = await openRuntime({ dataDirectory: 'throughline-data' });
await import('./client.js');
await opened.close();
`,
  );
  // What has no such name, and what is of the wrong type, does not compile.
  writeFileSync(
    join(project, 'wrong.ts'),
    `import { createClient, type Client } from 'throughline/client';
export const client: Client = createClient({ url: 'http://127.0.0.1:1', token: '' });
// @ts-expect-error: no such route
void client.moon;
// @ts-expect-error: an id is missing
void client.history({ parameters: {} });
// @ts-expect-error: an answer has its type
export const rows: string = (await client.dashboard()).rows;
`,
  );
  await compile(project);

  const first = await runIn(project, 'out/runtime.js');
  match(first, /\ncompleted\n\d+ events\n$/);
  const second = await runIn(project, 'out/both.js');
  match(second, /^hello: Completed\nThere is no such session: /);
});

test('an error of the one module is an error of the other; nothing else of the package can be imported', async () => {
  const project = createProject();
  writeFileSync(
    join(project, 'errors.mjs'),
    `import * as client from 'throughline/client';
import * as runtime from 'throughline/runtime';
console.log(client.ThroughlineError === runtime.ThroughlineError);
console.log(Object.keys(client).join(), Object.keys(runtime).join());
for (const inner of ['throughline', 'throughline/dist/writer.js']) {
  await import(inner).catch(({ code }) => console.log(code));
}
`,
  );
  const lines = (await runIn(project, 'errors.mjs')).trim().split('\n');
  equal(lines, [
    'true',
    'ThroughlineError,connect,createClient,factOf ThroughlineError,openRuntime',
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
  ]);
});

test('its program runs from there, too', async () => {
  const project = createProject();
  const unpacked = join(project, 'node_modules/throughline');
  const { bin } = manifest.parse(JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')));
  const listed = await runIn(project, join(unpacked, bin.throughline), 'list', '--json');
  equal(JSON.parse(listed).rows, []);
  is((await runIn(project, join(unpacked, bin.throughline), '--version')).split('.').length, 3);
  ok(readdirSync(join(unpacked, 'dist/window')).includes('index.html'));
});

test.run();
