/** The machine's own Chromium: nothing is downloaded for a test, and nobody's profile is touched. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const elsewhere = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  '/Applications/Google Chrome.app/Contents/MacOS',
  '/Applications/Chromium.app/Contents/MacOS',
];

const canRun = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Where Chromium is: what CHROMIUM says, else on PATH, else where it is usually put. */
export const findChromium = (environment: NodeJS.ProcessEnv = process.env): string => {
  const { CHROMIUM: chosen, PATH: path = '' } = environment;
  if (chosen) return chosen;
  const folders = [...path.split(delimiter).filter(Boolean), ...elsewhere];
  const found = folders
    .flatMap((folder) => [...names, 'Google Chrome', 'Chromium'].map((name) => join(folder, name)))
    .find(canRun);
  if (found !== undefined) return found;
  throw new Error(
    'no Chromium was found: install one (Debian and Ubuntu: sudo apt-get install chromium; macOS: brew install chromium), or set CHROMIUM to its path',
  );
};

const quietly = [
  // Only the pages of these tests are loaded, and containers and other users' homes have no sandbox to offer.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `more` are switches of its command line. */
export const launchChromium = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), args: [...quietly, ...more] });
