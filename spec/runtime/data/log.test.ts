import assert from 'node:assert/strict';
import {
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { openLog } from '../../../runtime/data/log.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const test = suite('log');

const token = 'qP3vXJ0yR6c1mZ8tWkLh2nBdUeFgSaOi4x7-_9QrTYw';
const newPath = (): string => join(temporaryFolder(), 'runtime.log');
const linesOf = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('each line is JSON with time, level and message, in a file for its owner alone', () => {
  const path = newPath();
  const log = openLog({ path, now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
  log.info('runtime started', { pid: 12, url: 'http://127.0.0.1:1' });
  log.debug('not asked for');
  log.warn('with\nlines');
  log.close();
  assert.deepEqual(linesOf(path), [
    { time: '2026-01-02T03:04:05.000Z', level: 'info', message: 'runtime started', pid: 12, url: 'http://127.0.0.1:1' },
    { time: '2026-01-02T03:04:05.000Z', level: 'warn', message: 'with\nlines' },
  ]);
  assert.equal(lstatSync(path).mode & 0o777, 0o600);
});

test('an error is written with code, hint and the whole chain of causes', () => {
  const path = newPath();
  const root = new TypeError('disk on fire');
  const middle = new Error('write failed', { cause: root });
  const error = new ThroughlineError('store.unreadable', 'cannot open', {
    hint: 'restore it',
    details: { at: 7 },
    cause: middle,
  });
  openLog({ path }).error('start failed', { error });
  const [line] = linesOf(path) as [{ error: Record<string, unknown> & { cause: Record<string, unknown> } }];
  const { cause, ...own } = line.error;
  assert.deepEqual(own, { code: 'store.unreadable', message: 'cannot open', hint: 'restore it', details: { at: 7 } });
  assert.equal(cause.message, 'write failed');
  assert.match(String(cause.stack), /log\.test/);
  assert.equal((cause.cause as { name: string }).name, 'TypeError');
});

test('the token never reaches the file or the terminal, wherever it stands', () => {
  const path = newPath();
  const terminal: string[] = [];
  const log = openLog({ path, secrets: [token], pretty: (line) => terminal.push(line) });
  log.info(`asked with ${token}`, { url: `http://127.0.0.1/?token=${token}`, [token]: 1, nested: [{ deep: token }] });
  log.error('failed', { error: new Error(`no ${token}`, { cause: new ThroughlineError('internal', token) }) });
  log.info('other secrets', {
    headers: { Authorization: 'Basic abc', cookie: 'a=b' },
    apiKey: 'sk-live-1',
    GITHUB_TOKEN: 'ghp_x',
    text: 'Authorization: Bearer somebody-elses.token~1',
  });
  const written = readFileSync(path, 'utf8') + terminal.join('\n');
  for (const secret of [token, 'Basic abc', 'a=b', 'sk-live-1', 'ghp_x', 'somebody-elses']) {
    assert.equal(written.includes(secret), false, secret);
  }
  assert.equal(linesOf(path).length, 3);
});

test('nothing that is logged can raise: circular, giant, BigInt, a closed file', () => {
  const path = newPath();
  const log = openLog({ path });
  const circular: Record<string, unknown> = { name: 'ring' };
  circular.self = circular;
  const shared = { twice: 1 };
  const endless = new Error('a');
  endless.cause = endless;
  log.info('odd', { circular, big: 10n, shared: [shared, shared], endless, text: 'x'.repeat(20_000) });
  log.info('many', { list: Array.from({ length: 100_000 }, (_, index) => index) });
  log.info('raising', {
    get trap() {
      throw new Error('no');
    },
  });
  log.close();
  log.close();
  log.info('after the end');
  const [odd, many, raising] = linesOf(path);
  assert.deepEqual(odd?.circular, { name: 'ring', self: '[circular]' });
  assert.deepEqual(odd?.shared, [shared, shared]);
  assert.ok(String(odd?.text).length < 9_000);
  assert.ok(readFileSync(path, 'utf8').length < 100_000);
  assert.equal(many?.message, 'many');
  assert.match(String(raising?.unwritable), /no/);
});

test('a file that has grown too large is set aside, at start and while it runs', () => {
  const path = newPath();
  writeFileSync(path, 'old\n'.repeat(100));
  const log = openLog({ path, maxBytes: 300 });
  log.info('first');
  assert.equal(readFileSync(`${path}.1`, 'utf8'), 'old\n'.repeat(100));
  assert.equal(linesOf(path).length, 1);
  for (let count = 0; count < 50; count += 1) log.info('line', { count });
  assert.ok(lstatSync(path).size <= 400);
  assert.ok(lstatSync(`${path}.1`).size <= 400);
  assert.equal(linesOf(path).at(-1)?.count, 49);
});

test('a log that cannot be set aside closes no descriptor that is not its own, goes on, and stays bounded', () => {
  const path = newPath();
  const inTheWay = join(`${path}.1`, 'in the way');
  mkdirSync(inTheWay, { recursive: true });
  const log = openLog({ path, maxBytes: 300 });
  const strangers: number[] = [];
  for (let count = 0; count < 50; count += 1) {
    log.info('line', { count });
    // Each takes the lowest number that is free.
    strangers.push(openSync(join(temporaryFolder(), 'of a stranger'), 'w'));
    assert.ok(lstatSync(path).size <= 800);
  }
  for (const [index, stranger] of strangers.entries()) {
    writeSync(stranger, 'mine');
    assert.equal(fstatSync(stranger).size, 'mine'.length, `${index}`);
    closeSync(stranger);
  }
  assert.equal(linesOf(path).at(-1)?.count, 49);
  rmSync(`${path}.1`, { recursive: true });
  for (let count = 0; count < 10; count += 1) log.info('set aside again', { count });
  assert.ok(lstatSync(`${path}.1`).isFile());
  log.close();
  const before = readFileSync(path, 'utf8');
  for (let count = 0; count < 10; count += 1) log.info('after the end', { count });
  assert.equal(readFileSync(path, 'utf8'), before);
});

test('a symlink in the place of the file is not written through', () => {
  const path = newPath();
  const target = join(temporaryFolder(), 'target');
  writeFileSync(target, '');
  symlinkSync(target, path);
  assert.throws(() => openLog({ path }));
  assert.equal(readFileSync(target, 'utf8'), '');
});

test('the foreground gets one readable line each, without what a terminal would obey', () => {
  const lines: string[] = [];
  const log = openLog({ path: null, pretty: (line) => lines.push(line), now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
  log.info('session started', { agent: 'rehearsal', name: '\u001b]52;c;x\u0007evil\u202e', run: 1 });
  log.error('agent failed', {
    error: new ThroughlineError('agent.exited', 'it ended', { hint: 'look', cause: new Error('code 1\nand more') }),
  });
  assert.deepEqual(lines, [
    '03:04:05 info  session started agent=rehearsal name= ]52;c;x evil  run=1',
    '03:04:05 error agent failed: it ended: (look): code 1 and more',
  ]);
});

test.run();
