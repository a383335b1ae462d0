/**
 * WebKitGTK, the engine of the window on Linux, driven over WebDriver (https://www.w3.org/TR/webdriver2/): Debian's
 * `webkit2gtk-driver` with its MiniBrowser, on a display of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../support/temporary.ts';
import { until } from '../../../support/until.ts';

const driverProgram = '/usr/bin/WebKitWebDriver';
const displayProgram = '/usr/bin/Xvfb';
const libraries = '/usr/lib';

export type WebKitPage = {
  readonly goTo: (url: string) => Promise<void>;
  /** Runs a function's body in the page and gives what it returns. */
  readonly evaluate: (body: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
};

const findMiniBrowser = (): string | null => {
  const architectures = existsSync(libraries) ? readdirSync(libraries) : [];
  const candidates = architectures.flatMap((name) =>
    ['4.1', '4.0'].map((version) => join(libraries, name, `webkit2gtk-${version}`, 'MiniBrowser')),
  );
  return candidates.find((path) => existsSync(path)) ?? null;
};

/** Whether the driver, its browser and a virtual display are installed. */
export const hasWebKit = (): boolean =>
  existsSync(driverProgram) && existsSync(displayProgram) && findMiniBrowser() !== null;

/** Opens a page in WebKit. Everything that it starts is ended by `close`. */
export const openWebKit = async (): Promise<WebKitPage> => {
  const home = temporaryFolder('webkit');
  const { child: display, number } = await startDisplay();
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const driver = spawn(driverProgram, [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      DISPLAY: `:${number}`,
      HOME: home,
      XDG_RUNTIME_DIR: home,
      WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    },
  });
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as { value: unknown };
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  };
  await until('the driver answers', () => call('GET', '/status').catch(() => null));
  const options = { binary: findMiniBrowser(), args: ['--automation'] };
  const session = await call('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
  });
  const root = `/session/${(session as { sessionId: string }).sessionId}`;
  return {
    goTo: async (url) => {
      await call('POST', `${root}/url`, { url });
    },
    evaluate: (body) => call('POST', `${root}/execute/sync`, { script: body, args: [] }),
    close: async () => {
      await call('DELETE', root).catch(() => {});
      driver.kill();
      display.kill();
    },
  };
};

/** Xvfb picks a number that is free and says it on the descriptor that it is given. */
const startDisplay = async (): Promise<{ readonly child: ChildProcess; readonly number: string }> => {
  const child = spawn(displayProgram, ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stdio[3]?.on('data', (bytes: Buffer) => {
    said += bytes.toString('utf8');
  });
  const number = await until('the display is there', () => /^(\d+)\n/.exec(said)?.[1]);
  return { child, number };
};
