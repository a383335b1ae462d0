import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';

const test = suite('worlds');
const root = fileURLToPath(new URL('../..', import.meta.url));

const linesOf = (program: string, args: readonly string[]): readonly string[] => {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 16 << 20 });
  assert.is(status, 0, `${stdout}${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
};

/** The worlds, as the editor and `tsc -b` find them. */
const worlds = [...readFileSync(`${root}tsconfig.json`, 'utf8').matchAll(/"path": "\.\/(?<name>[^"]+)"/g)].map(
  ({ groups }) => groups?.name ?? '',
);

test('every source file is checked in a world', () => {
  const checked = new Set(
    worlds
      .flatMap((world) =>
        linesOf(process.execPath, ['node_modules/typescript/bin/tsc', '-p', world, '--listFilesOnly']),
      )
      .map((path) => relative(root, path).split(sep).join('/')),
  );
  const sources = linesOf('git', ['ls-files', '--cached', '--others', '--exclude-standard']).filter((path) =>
    /\.(?:ts|tsx|mjs|cjs|js)$/u.test(path),
  );
  assert.ok(sources.length > 500);
  assert.equal(
    sources.filter((path) => !checked.has(path)),
    [],
  );
});

test.run();
