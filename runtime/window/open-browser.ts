import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { type Opened, openOnDesktop } from './platform-opener.ts';
import { writePrivateFile } from './private-file.ts';

export type BrowserOpening = Opened & {
  /** Removes what led the browser to the URL, once it got there or is given up. */
  readonly forget: () => void;
};

/**
 * Opens a one-time URL of the runtime in the person's browser. The browser is given a private page that leads there: an
 * argument could be read by everybody in the process list. Only http on loopback is led to. Raises `input.invalid` for
 * anything else.
 */
export const openBrowser = async (url: string, environment: NodeJS.ProcessEnv): Promise<BrowserOpening> => {
  const page = writePrivateFile('open-throughline.html', pageTo(checkedUrl(url)), folderThatBrowsersRead());
  // Whatever ends this program takes the page with it.
  process.once('exit', page.forget);
  const forget = (): void => {
    process.off('exit', page.forget);
    page.forget();
  };
  return { ...(await openOnDesktop('page', page.path, environment)), forget };
};

const checkedUrl = (url: string): string => {
  const { protocol, hostname, username, password, href } = new URL(url);
  const isOurs = protocol === 'http:' && /^(?:127\.0\.0\.1|(?:[0-9a-f]+\.)?localhost)$/.test(hostname);
  if (isOurs && username === '' && password === '') return href;
  throw new ThroughlineError('input.invalid', 'only a URL of the runtime is opened in a browser');
};

/** A browser that was installed as a snap sees neither /tmp nor hidden folders, but the rest of its owner's home. */
const folderThatBrowsersRead = (): string =>
  process.platform === 'linux' && existsSync('/snap/bin') ? homedir() : tmpdir();

// A URL that was parsed has no quote or angle bracket in it; `&` is the one character that HTML would read.
const pageTo = (url: string): string => {
  const address = url.replaceAll('&', '&amp;');
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${address}">
<title>Throughline</title>
<p><a href="${address}">Open Throughline</a></p>
`;
};
