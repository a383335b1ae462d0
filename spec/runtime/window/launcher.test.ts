import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openBrowser } from '../../../runtime/window/open-browser.ts';
import { binaryNames, hasDisplay } from '../../../runtime/window/window-binary.ts';
import { takeWindow } from '../../../runtime/window/window-lock.ts';
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

const urlIn = (text: string): string => /http:\/\/127\.0\.0\.1:\d+\/open\/[\w-]{43}/.exec(text)?.[0] ?? '';

const get = (url: string): Promise<Response> => fetch(url, { redirect: 'manual' });

test('the window is let in by a private file, can do nothing else, and closing it leaves the runtime', async () => {
  const standIn = makeStandIn(temporaryFolder('window'));
  surround({ DISPLAY: ':none', THROUGHLINE_WINDOW_BINARY: standIn.path });
  const opened = cli.start();
  const seen = await until('the window has asked', () =>
    existsSync(standIn.seenPath) ? (JSON.parse(readFileSync(standIn.seenPath, 'utf8')) as Seen) : null,
  );
  assert.equal([seen.folderMode, seen.fileMode], [0o700, 0o600]);
  assert.equal([seen.ticket.status, seen.ticket.location], [303, '/']);
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

  const second = await cli.run();
  assert.is(second.code, 0);
  assert.match(second.stdout, /The window is open already \(process \d+\)/);

  writeFileSync(standIn.endPath, '');
  const end = await opened.ended;
  assert.is(end.code, 0);
  assert.match(end.stdout, /your sessions go on/);
  assert.match(end.stdout, /Open it again: throughline {3}Stop everything: throughline stop/);
  const folder = seen.arguments.find((word) => word.startsWith('--path='))?.slice('--path='.length) ?? '/';
  assert.not.ok(existsSync(folder));
  assert.not.ok(existsSync(join(cli.data, 'window.json')));
  assert.is((await cli.run('serve', '--background')).stdout.includes('is already running'), true);
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
  assert.is((await get(urlIn(end.stdout))).status, 303);
});

test('without a display the one-time URL is printed, also for scripts', async () => {
  surround({});
  const end = await cli.run('window');
  assert.is((await get(urlIn(end.stdout))).status, 303);
  assert.is((await get(urlIn(end.stdout))).status, 403);
  const [json] = (await cli.run('--json')).json();
  assert.is(json?.shown, 'url');
  assert.is((await get(String(json?.url))).status, 303);
});

test('on a desktop without the binary the browser is opened, and a link of its own is printed', async () => {
  if (process.platform !== 'linux') return;
  const folder = temporaryFolder('desktop');
  const opened = join(folder, 'opened');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s' "$1" > '${opened}'\n`);
  chmodSync(join(bin, 'xdg-open'), 0o755);
  surround({ DISPLAY: ':none', THROUGHLINE_WINDOW_BINARY: join(folder, 'not there') });
  const path = process.env.PATH;
  process.env.PATH = `${bin}:${path}`;
  const end = await cli.run('window');
  process.env.PATH = path;
  const url = readFileSync(opened, 'utf8');
  assert.match(end.stdout, /opens in your browser/);
  assert.is((await get(url)).status, 303);
  assert.is.not(urlIn(end.stdout), url);
  assert.is((await get(urlIn(end.stdout))).status, 303);
});

test('nothing but a URL of the runtime is opened', async () => {
  for (const url of ['file:///etc/passwd', 'https://127.0.0.1/', 'http://example.org/', 'http://127.0.0.1@evil/']) {
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
