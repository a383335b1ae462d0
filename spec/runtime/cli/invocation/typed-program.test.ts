import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is } from 'uvu/assert';
import { adviceTypedHere, typedProgram } from '../../../../runtime/cli/invocation/typed-program.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const test = suite('the program as it can be typed here');

const folder = temporaryFolder('typed');
const script = join(folder, 'clone', 'dist', 'throughline.js');
const bin = join(folder, 'bin');
const modules = join(folder, 'clone', 'node_modules', '.bin');
for (const each of [join(folder, 'clone', 'dist'), bin, modules]) mkdirSync(each, { recursive: true });
writeFileSync(script, '');
chmodSync(script, 0o755);
symlinkSync(script, join(bin, 'throughline'));
symlinkSync(script, join(modules, 'throughline'));

const typed = (PATH: string, workingDirectory: string, more: NodeJS.ProcessEnv = {}): readonly string[] =>
  typedProgram({ script, environment: { PATH, ...more }, workingDirectory });

test('by its name where PATH leads to it, and not where PATH leads to another', () => {
  equal(typed(bin, folder), ['throughline']);
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'throughline'), '');
  chmodSync(join(other, 'throughline'), 0o755);
  equal(typed(other, join(folder, 'clone')), ['node', 'dist/throughline.js']);
});

test('after npm start by node, from where npm was asked', () => {
  const npm = { npm_command: 'start' };
  equal(typed(modules, join(folder, 'clone'), npm), ['node', 'dist/throughline.js']);
  equal(typed(modules, join(folder, 'clone'), { ...npm, INIT_CWD: folder }), ['node', 'clone/dist/throughline.js']);
  equal(typed(modules, join(folder, 'clone'), { ...npm, INIT_CWD: bin }), ['node', script]);
});

test('after npx by npx', () => {
  equal(typed(modules, folder, { npm_command: 'exec' }), ['npx', 'throughline']);
});

test('advice has its commands as they can be typed, and its other words as they were', () => {
  const program = 'node dist/throughline.js --data /tmp/d';
  is(adviceTypedHere('see what waits: `throughline queue`', program), `see what waits: \`${program} queue\``);
  is(adviceTypedHere('commit it on throughline/docs', program), 'commit it on throughline/docs');
});

test.run();
