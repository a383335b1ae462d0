import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from './support/suite.ts';

const test = suite('module state');
const root = fileURLToPath(new URL('..', import.meta.url));

/** What is there to be changed later: a variable, a signal, a collection that begins empty; and what waits for others. */
const state =
  /^(?:export )?(?:(?:let|var) .*|const .*= (?:new (?:Weak)?(?:Map|Set)(?:<.*>)?\((?:\[\])?\)|\[\]|\{\}|(?:create(?!Context)\w+|signal|computed)[<(].*|.*\bawait .*);?|effect\(.*)$/gmu;

/** The composition of a thread, a process or a window of its own. */
const isEntry = (path: string): boolean => /\/(?:thread|main)\.tsx?$/u.test(path);

test('no module but the entry of a thread or of the window has state when it is loaded', () => {
  const sources = ['actors', 'runtime', 'gui'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/u.test(path))
      .map((path) => `${folder}/${path}`),
  );
  assert.ok(sources.length > 400);
  const found = sources
    .filter((path) => !isEntry(path))
    .flatMap((path) => [...readFileSync(`${root}${path}`, 'utf8').matchAll(state)].map(([line]) => `${path}: ${line}`));
  // An actor that is never started, for pure transitions: it holds nothing.
  assert.equal(found, [
    'actors/model/run/inert-scope.ts: const self = createActor(runMachine, { input: defaultRunInput });',
  ]);
});

test.run();
