import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, ok } from 'uvu/assert';
import { suite } from './support/suite.ts';

const test = suite('the laws');

const spec = fileURLToPath(new URL('.', import.meta.url));

const architecture = readFileSync(join(spec, '../docs/ARCHITECTURE.md'), 'utf8');
const chapter = architecture.split(/^## /m).find((text) => text.startsWith('The laws')) ?? '';

/** The numbers of the rows of the table. */
const laws = [...chapter.matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number));

/** What stands in brackets after "law", in each name of a test, and the file it is in. */
const marks = readdirSync(spec, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && file !== basename(fileURLToPath(import.meta.url)))
  .flatMap((file) => {
    const withoutComments = readFileSync(join(spec, file), 'utf8').replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
    return [...withoutComments.matchAll(/\[law\b[^\]\n]*\]/gi)].map(([mark]) => ({ file, mark }));
  });

test('the table names each law once, in their order', () => {
  ok(laws.length >= 17);
  equal(
    laws,
    [...new Set(laws)].sort((one, other) => one - other),
  );
});

test('each law of the table has a test that carries its number', () => {
  const proven = new Set(marks.map(({ mark }) => mark));
  equal(
    laws.filter((law) => !proven.has(`[law ${law}]`)),
    [],
  );
});

test('no test carries a number that is not in the table', () => {
  const known = new Set(laws.map((law) => `[law ${law}]`));
  equal(
    marks.filter(({ mark }) => !known.has(mark)),
    [],
  );
});

test.run();
