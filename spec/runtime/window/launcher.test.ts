import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { openBrowser } from '../../../runtime/window/open-browser.ts';
import { binaryNames, hasDisplay } from '../../../runtime/window/window-binary.ts';
import { takeWindow } from '../../../runtime/window/window-lock.ts';
import { askAsBrowser } from '../../support/as-browser.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { bundle, throughline } from '../cli/support/throughline.ts';
import { makeStandIn, type Seen } from './stand-in.ts';

const test = suite('window launcher');
const cli = throughline(bundle);

/** What the program finds around it, without a desktop of the machine's own. */
const surround = (variables: Readonly<Record<string, string>>): void => {
  for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'THROUGHLINE_WINDOW_BINARY']) delete process.env[name];
  Object.assign(process.env, variables);
};

const urlIn = (text: string): string => /http:\/\/[0-9a-f]{32}\.localhost:\d+\/open\/[\w-]{43}/.exec(text)?.[0] ?? '';

test('the window is let in by a private file, can do nothing else, and closing it leaves the runtime', async () => {
  const standIn = makeStandIn(temporaryFolder('window'));
  surround({ DISPLAY: ':none', THROUGHLINE_WINDOW_BINARY: standIn.path });
  const opened = cli.start();
  const seen = await until('the window has asked', () =>
    existsSync(standIn.seenPath) ? (JSON.parse(readFileSync(standIn.seenPath, 'utf8')) as Seen) : null,
  );
  assert.equal([seen.folderMode, seen.fileMode], [0o700, 0o600]);
  assert.equal([seen.ticket.status, seen.ticket.location], [303, '/?window']);
  assert.match(seen.ticket.cookie, /^throughline_\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/api$/);
  assert.is(seen.dashboard, 200);
  assert.is(seen.secondUse, 403, 'a ticket works once');
  const { configuration } = seen;
  for (const key of ['enableServer', 'enableNativeAPI', 'enableExtensions', 'exportAuthInfo']) {
    assert.is(configuration[key], false, key);
  }
  const modes = configuration.modes as { window: Record<string, unknown> };
  assert.is(modes.window.useSavedState, true);
  assert.is(modes.window.exitProcessOnClose, true);
  assert.is(modes.window.injectGlobals, false);
  if (process.platform === 'linux') assert.is(seen.environment.WEBKIT_DISABLE_DMABUF_RENDERER, '1');
  const secret = configuration.url.split('/').at(-1) ?? 'none';
  assert.not.ok(seen.arguments.join(' ').includes(secret), 'nothing secret is in the process list');
  assert.not.ok(JSON.stringify(seen.environment).includes(secret));

  const folder = seen.arguments.find((word) => word.startsWith('--path='))?.slice('--path='.length) ?? '/';
  await until('the file goes as soon as it was read', () => !existsSync(folder));

  const second = await cli.run();
  assert.is(second.code, 0);
  assert.match(second.stdout, /The window is open already \(process \d+\) and was asked to come to the front/);
  await until('it was asked', () => existsSync(standIn.raisedPath));

  writeFileSync(standIn.endPath, '');
  const end = await opened.ended;
  assert.is(end.code, 0);
  assert.match(end.stdout, /your sessions go on/);
  assert.match(end.stdout, /Open it again: throughline {3}Stop everything: throughline stop/);
  assert.not.ok(existsSync(join(cli.data, 'window.json')));
  assert.is((await cli.run('serve', '--background')).stdout.includes('is already running'), true);
});

test('a window that does not answer any more is passed over, and another one is opened', async () => {
  const [silent, other] = [makeStandIn(temporaryFolder('silent')), makeStandIn(temporaryFolder('other'))];
  // It holds the window, and never connects.
  writeFileSync(silent.path, `#!${process.execPath}\nsetInterval(() => {}, 1_000);\n`);
  surround({ DISPLAY: ':none', THROUGHLINE_WINDOW_BINARY: silent.path });
  const first = cli.start();
  await until('the window is held', () => existsSync(join(cli.data, 'window.json')));
  surround({ DISPLAY: ':none', THROUGHLINE_WINDOW_BINARY: other.path });
  const second = cli.start();
  await until('the other one is shown', () => existsSync(other.seenPath));
  first.child.kill();
  await first.ended;
  assert.ok(existsSync(join(cli.data, 'window.json')), 'who was passed over leaves the window to its holder');
  writeFileSync(other.endPath, '');
  const end = await second.ended;
  assert.match(end.stdout, /The window of process \d+ does not answer: another one is opened/);
  assert.not.ok(existsSync(join(cli.data, 'window.json')));
});

test('a window that cannot start is said to, and a link is given instead', async () => {
  const standIn = makeStandIn(temporaryFolder('window'), 127);
  // A folder without xdg-open.
  surround({ DISPLAY: ':none', THROUGHLINE_WINDOW_BINARY: standIn.path });
  const path = process.env.PATH;
  process.env.PATH = temporaryFolder('path');
  const end = await cli.run('window');
  process.env.PATH = path;
  assert.is(end.code, 0);
  assert.match(end.stdout, /could not be shown: .*libwebkit2gtk/);
  assert.is((await askAsBrowser(urlIn(end.stdout))).status, 303);
});

test('without a display the one-time URL is printed, also for scripts', async () => {
  surround({});
  const end = await cli.run('window');
  assert.is((await askAsBrowser(urlIn(end.stdout))).status, 303);
  assert.is((await askAsBrowser(urlIn(end.stdout))).status, 403);
  const [json] = (await cli.run('--json')).json();
  assert.is(json?.shown, 'url');
  assert.is((await askAsBrowser(String(json?.url))).status, 303);
});

/** A desktop whose browser is a script; it gets the page's path as its first argument. */
const desktopWith = async <Value>(script: string, body: () => Promise<Value>): Promise<Value> => {
  const bin = join(temporaryFolder('desktop'), 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'xdg-open'), 0o755);
  surround({ DISPLAY: ':none', THROUGHLINE_WINDOW_BINARY: join(bin, 'not there') });
  const path = process.env.PATH;
  process.env.PATH = `${bin}:${path}`;
  try {
    return await body();
  } finally {
    process.env.PATH = path;
  }
};

test('on a desktop without the binary the browser is led in by a private page, which goes when it was used', async () => {
  if (process.platform !== 'linux') return;
  const opened = join(temporaryFolder('opened'), 'page');
  await desktopWith(`cp -a "$(dirname "$1")" '${opened}' && printf '%s' "$1" > '${opened}/argument'`, async () => {
    const running = cli.start('window');
    const page = await until('the browser was started', () =>
      existsSync(join(opened, 'argument')) ? readFileSync(join(opened, 'argument'), 'utf8') : null,
    );
    assert.not.match(page, /[\w-]{43}/, 'nothing secret is in the process list');
    assert.is(statSync(dirname(page)).mode & 0o777, 0o700);
    assert.is(statSync(page).mode & 0o777, 0o600);
    const url = urlIn(readFileSync(page, 'utf8'));
    assert.is((await askAsBrowser(url)).status, 303);
    const end = await running.ended;
    assert.is(end.code, 0);
    assert.match(end.stdout, /opens in your browser/);
    assert.is(urlIn(end.stdout), '', 'no other link is needed');
    assert.not.ok(existsSync(dirname(page)));
  });
});

test('a browser that fails is replaced by a link', async () => {
  if (process.platform !== 'linux') return;
  await desktopWith('exit 3', async () => {
    const end = await cli.run('window');
    assert.is(end.code, 0);
    assert.is((await askAsBrowser(urlIn(end.stdout))).status, 303);
  });
});

test('nothing but a URL of the runtime is opened', async () => {
  for (const url of [
    'file:///etc/passwd',
    'https://127.0.0.1/',
    'http://example.org/',
    'http://127.0.0.1@evil/',
    'http://x.localhost.evil/',
    'http://-.localhost/',
  ]) {
    let refused = false;
    try {
      await openBrowser(url, { PATH: '' });
    } catch {
      refused = true;
    }
    assert.ok(refused, url);
  }
});

test('who has died holds the window no more', () => {
  const root = temporaryFolder('lock');
  const path = join(root, 'window.json');
  const mine = takeWindow({ root });
  assert.is(mine.kind, 'taken');
  assert.equal(takeWindow({ root }).kind, 'held');
  if (mine.kind === 'taken') mine.release();
  for (const left of [JSON.stringify({ pid: process.pid, startedAt: 'long ago' }), '', '{"pid":']) {
    writeFileSync(path, left, { mode: 0o600 });
    assert.is(takeWindow({ root }).kind, 'taken', left);
    rmSync(path);
  }
});

test('the binary is called as Neutralino calls it, and a display is looked for as each system has it', () => {
  assert.equal(binaryNames('linux', 'x64'), ['neutralino-linux_x64']);
  assert.equal(binaryNames('darwin', 'arm64'), ['neutralino-mac_arm64', 'neutralino-mac_universal']);
  assert.equal(binaryNames('win32', 'x64'), ['neutralino-win_x64.exe']);
  assert.equal(binaryNames('aix', 'ppc64'), []);
  assert.is(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux'), true);
  assert.is(hasDisplay({}, 'linux'), false);
  assert.is(hasDisplay({ SSH_CONNECTION: 'x' }, 'darwin'), false);
  assert.is(hasDisplay({}, 'win32'), true);
});

test.run();
