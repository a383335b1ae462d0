import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { pathPatterns } from '../../../../actors/model/review/path-patterns.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const test = suite('patterns of paths');

const name = fc.stringMatching(/^[abc.]{1,3}$/u).filter((text) => !/^\.+$/u.test(text));
const part = fc.oneof(name, fc.constantFrom('*', '**', '?', 'a*', '*b', '[ab]', '[!a]c', 'a*b*c', '\\*'));
const pattern = fc
  .tuple(fc.constantFrom('', '/', '!'), fc.array(part, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '/'))
  .map(([before, parts, after]) => `${before}${parts.join('/')}${after}`)
  .filter((text) => !text.includes('//'));
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

test('they mean what git means by them', () => {
  const folder = temporaryFolder('patterns');
  execFileSync('git', ['init', '--quiet', folder]);
  const excludes = join(folder, '.git', 'info', 'exclude');
  const named = (patterns: readonly string[], paths: readonly string[]): ReadonlySet<string> => {
    writeFileSync(excludes, `${patterns.join('\n')}\n`);
    const argv = ['-C', folder, 'check-ignore', '--no-index', '--stdin'];
    try {
      return new Set(
        execFileSync('git', argv, { input: paths.join('\n'), encoding: 'utf8' })
          .trim()
          .split('\n'),
      );
    } catch {
      // It says by its exit code that there is none.
      return new Set();
    }
  };
  const patterns = fc.array(pattern, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(patterns, fc.uniqueArray(path, { minLength: 10, maxLength: 40 }), (lines, paths) => {
      const fits = pathPatterns(lines);
      const ours = paths.filter(fits);
      const theirs = named(lines, paths);
      assert.equal(
        ours,
        paths.filter((each) => theirs.has(each)),
      );
    }),
    {
      numRuns: 30,
      examples: [
        [
          ['*', '![ab]'],
          ['a/aa', 'a/b', 'c'],
        ],
      ],
    },
  );
});

test('a pattern that is made to be slow is not', () => {
  const fits = pathPatterns([`${'*a'.repeat(200)}b`, `${'**/a/'.repeat(80)}b`]);
  assert.is(fits(`${'a'.repeat(4_000)}`), false);
  assert.is(fits('a/'.repeat(1_000).slice(0, -1)), false);
});

test.run();
