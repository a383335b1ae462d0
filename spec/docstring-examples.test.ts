/**
 * The examples in docstrings, compiled and run. In an `@example` the names that its file exports are there, and others
 * that it imports itself; a line `expression // => value` says what the expression gives.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from './support/suite.ts';
import { temporaryFolder } from './support/temporary.ts';

const test = suite('docstring examples');
const root = fileURLToPath(new URL('..', import.meta.url));

type Example = { readonly source: string; readonly name: string; readonly lines: readonly string[] };
type Run = () => void | Promise<void>;

const docBlock =
  /\/\*\*(?<doc>(?:(?!\*\/).)*@example(?:(?!\*\/).)*)\*\/\s*(?:export (?:const|function\*?|class) (?<name>\w+))?/gsu;
const expectation = /^(?<actual>.*\S)\s*\/\/ => (?<expected>.+)$/u;

const examplesIn = (source: string): readonly Example[] =>
  [...readFileSync(join(root, source), 'utf8').matchAll(docBlock)].flatMap(({ groups }) =>
    (groups?.doc ?? '')
      .split('@example')
      .slice(1)
      .map((text) => ({
        source,
        name: groups?.name ?? 'nothing that is exported',
        lines: text
          .split('\n')
          .map((line) => line.replace(/^ *\* ?/u, ''))
          .filter((line) => line.trim() !== ''),
      })),
  );

const examples = ['actors', 'runtime', 'gui'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/u.test(path))
    .sort()
    .flatMap((path) => examplesIn(`${folder}/${path}`)),
);

/** A module that exports an example as a function; what it expects has to be of the type of what it gets. */
const moduleOf = ({ source, lines }: Example): string => {
  const place = join(root, source);
  const exported = [...readFileSync(place, 'utf8').matchAll(/^export (?:const|function\*?|class) (?<name>\w+)/gmu)]
    .map(({ groups }) => groups?.name ?? '')
    .filter((name) => lines.some((line) => new RegExp(`\\b${name}\\b`, 'u').test(line)));
  const isImport = (line: string): boolean => line.startsWith('import ');
  const absolute = (line: string): string =>
    line.replace(/'(?<path>\.[^']+)'/u, (_, path: string) => JSON.stringify(join(dirname(place), path)));
  return [
    `import { deepStrictEqual } from 'node:assert/strict';`,
    `import { ${exported.join(', ')} } from ${JSON.stringify(place)};`,
    ...lines.filter(isImport).map(absolute),
    'function gives<Value>(actual: Value, expected: NoInfer<Value>) { deepStrictEqual(actual, expected); }',
    'export default async () => {',
    ...lines
      .filter((line) => !isImport(line))
      .map((line) =>
        line.replace(expectation, (_, actual: string, expected: string) => `gives(${actual}, ${expected});`),
      ),
    '};',
  ].join('\n');
};

const folder = temporaryFolder('examples');
const written = examples.map((example, index) => {
  const path = join(folder, `${index}-${example.name}.mts`);
  writeFileSync(path, moduleOf(example));
  return { example, path };
});

test('there are examples, each of something that is exported, and each says what comes out', () => {
  assert.ok(examples.length >= 30, `${examples.length} were found`);
  for (const { source, name, lines } of examples) {
    assert.match(name, /^\w+$/u, `${source}: an example stands at ${name}`);
    assert.ok(
      lines.some((line) => expectation.test(line)),
      `${source}: the example of ${name} says nothing`,
    );
  }
});

test('they compile', () => {
  const project = join(folder, 'tsconfig.json');
  writeFileSync(
    project,
    JSON.stringify({
      extends: join(root, 'tsconfig.base.json'),
      // Both worlds are there: which of them an example's file is in is checked with the file.
      compilerOptions: {
        lib: ['ES2023', 'DOM', 'DOM.Iterable'],
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
        rootDir: parse(root).root,
        // A name may stand in a text only.
        noUnusedLocals: false,
      },
      include: ['*.mts'],
    }),
  );
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', project, '--pretty', 'false'], {
    encoding: 'utf8',
  });
  assert.is(`${stdout}${stderr}`, '');
  assert.is(status, 0);
});

for (const { example, path } of written) {
  test(`${example.source}: ${example.name}`, async () => {
    const { default: run } = (await import(pathToFileURL(path).href)) as { readonly default: Run };
    await run();
  });
}

test.run();
