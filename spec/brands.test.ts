import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from './support/suite.ts';

const test = suite('brands');
const root = fileURLToPath(new URL('..', import.meta.url));
const home = 'actors/protocol/facts/ids.ts';

const brands = [...readFileSync(`${root}${home}`, 'utf8').matchAll(/& Brand<'(?<name>\w+)'>/gu)].map(
  ({ groups }) => groups?.name ?? '',
);
/** A line with a cast whose type begins with a brand: `as Seq`, `as unknown as Seq`, `as readonly [SessionId, string][]`. */
const cast = new RegExp(`^.*\\bas (?:unknown as |readonly |\\[|\\()*(?:${brands.join('|')})\\b.*$`, 'gmu');

const castsIn = (source: string): readonly string[] => [...source.matchAll(cast)].map(([line]) => line.trim());

test('the casts that are looked for are found', () => {
  assert.ok(brands.length >= 10);
  for (const found of [
    'const seq = (last + 1) as Seq;',
    'const id = given as unknown as SessionId;',
    'const key = row.key as RunKey | null;',
    'return new Map(rows as [SessionId, string | null][]);',
    'const ids = rows as readonly (RunId | null)[];',
  ]) {
    assert.equal(castsIn(found), [found]);
  }
  for (const none of [
    'const kinds = [1] as const;',
    "import { type Seq as Place } from './ids.ts';",
    '// taken as a Seq',
    'const seq: Seq = toSeq(1);',
    'const { name } = row as Row; const seq: Seq = toSeq(1);',
  ]) {
    assert.equal(castsIn(none), []);
  }
});

test('[law 2] no source casts to a brand: they are made by the constructors of ids.ts and by schemas', () => {
  const sources = ['actors', 'runtime', 'gui'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/u.test(path))
      .map((path) => `${folder}/${path}`),
  );
  assert.ok(sources.length > 300);
  const found = sources
    .filter((path) => path !== home)
    .flatMap((path) => castsIn(readFileSync(`${root}${path}`, 'utf8')).map((line) => `${path}: ${line}`));
  assert.equal(found, []);
});

test.run();
