/**
 * Holds the code against the house (`house.ts`), and the documents against both:
 *
 *   node --import tsx docs/check-house.ts [--draw]
 *
 * Prints a line for each import that a room may not make, each circle within a room, each rule that nothing needs, each file without a room, each
 * room without a file, each file that speaks to its parent thread and is no thread's entry, each path in a document that
 * leads nowhere; ends with 1 if there is any. `--draw` writes the house into `ARCHITECTURE.md`.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { house } from './house.ts';

const roomsByPath = new Map(house.map((room, floor) => [room.path, { ...room, floor }]));
const roomOf = (file: string) => roomsByPath.get(file) ?? roomsByPath.get(dirname(file));
const covers = (rule: string, room: string): boolean => rule === room || room.startsWith(`${rule}/`);

// What is loaded later (`import('…')`, types too) is imported all the same.
const imports = /^(?:import|export)\b[^'";]*?\bfrom\s+'(\.[^']+)'|^import\s+'(\.[^']+)'|\bimport\(\s*'(\.[^']+)'/gm;

const files = ['actors', 'runtime', 'gui']
  .flatMap((top) => readdirSync(top, { recursive: true, encoding: 'utf8' }).map((path) => join(top, path)))
  .filter((path) => /\.tsx?$/.test(path))
  .sort();
const faults: string[] = [];
const rulesUsed = new Set<string>();
/** Within a room; between rooms there is no way back. */
const neighbours = new Map<string, string[]>();

for (const file of files) {
  const room = roomOf(file);
  if (room === undefined) {
    faults.push(`${file} is in no room: name its folder in docs/house.ts`);
    continue;
  }
  const source = readFileSync(file, 'utf8');
  if (/\bparentPort\b/.test(source) && basename(file) !== 'thread.ts') {
    faults.push(`${file} speaks to its parent thread: only a thread's entry does`);
  }
  for (const [, named, bare, later] of source.matchAll(imports)) {
    const imported = normalize(join(dirname(file), named ?? bare ?? later ?? ''));
    const other = roomOf(imported);
    if (other === undefined) continue;
    if (other.path === room.path) {
      neighbours.set(file, [...(neighbours.get(file) ?? []), imported]);
      continue;
    }
    const rule = room.from.find((path) => covers(path, other.path));
    if (rule !== undefined) rulesUsed.add(`${room.path} ${rule}`);
    if (rule === undefined) faults.push(`${file} imports ${imported}: ${room.path} takes nothing from ${other.path}`);
    else if (other.floor > room.floor)
      faults.push(`${file} imports ${imported}: ${other.path} stands above ${room.path}`);
  }
}

const walked = new Set<string>();
const walk = (file: string, way: readonly string[]): void => {
  const at = way.indexOf(file);
  if (at >= 0) faults.push(`${[...way.slice(at), file].join(' imports ')}: a circle`);
  if (walked.has(file)) return;
  walked.add(file);
  for (const next of neighbours.get(file) ?? []) walk(next, [...way, file]);
};
for (const file of neighbours.keys()) walk(file, []);

for (const { path, from } of house) {
  if (!files.some((file) => roomOf(file)?.path === path)) faults.push(`${path} holds no file`);
  for (const rule of from) {
    if (!rulesUsed.has(`${path} ${rule}`)) faults.push(`${path} may import from ${rule} and never does`);
  }
}

const architecture = 'docs/ARCHITECTURE.md';
const column = Math.max(...house.map(({ path }) => path.length)) + 2;
const drawing = ['```', ...house.map(({ path, holds }) => `${path.padEnd(column)}${holds}`), '```'].join('\n');
const drawn = /(?<=<!-- the house -->\n)[\s\S]*?(?=\n<!-- the end of the house -->)/;
const text = readFileSync(architecture, 'utf8');
if (process.argv.includes('--draw'))
  writeFileSync(
    architecture,
    text.replace(drawn, () => drawing),
  );
else if (drawn.exec(text)?.[0] !== drawing) faults.push(`${architecture} draws another house: npm run house`);

const documents = ['README.md', 'CONTRIBUTING.md', ...readdirSync('docs', { recursive: true, encoding: 'utf8' })]
  .filter((path) => path.endsWith('.md'))
  .map((path) => (existsSync(path) ? path : join('docs', path)));
for (const document of documents) {
  for (const [, path] of readFileSync(document, 'utf8').matchAll(
    /`((?:actors|runtime|gui|spec|bench|docs)\/[\w./-]+)`/g,
  )) {
    if (path !== undefined && !existsSync(path)) faults.push(`${document} names ${path}, which is not there`);
  }
}

for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
