import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium } from './chromium.ts';

const isThere = (): boolean => {
  try {
    findChromium();
    return true;
  } catch {
    return false;
  }
};

/**
 * Installs Chromium where that can be done without asking: as root on Debian and its relatives. Says what it does.
 * Elsewhere the browser tests fail with a line that says how to install it.
 */
export const ensureChromium = (): void => {
  if (isThere() || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  console.log('The browser tests need Chromium, and there is none: installing the package chromium …');
  for (const words of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', 'chromium'],
  ]) {
    const { status } = spawnSync('apt-get', words, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) console.log(`apt-get ${words[0]} ended with ${status}`);
  }
};
