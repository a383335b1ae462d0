import { openDataDirectory } from '../../data-directory.ts';
import { launchWindow } from '../../window/launch-window.ts';
import { openBrowser } from '../../window/open-browser.ts';
import { findWindowBinary, hasDisplay } from '../../window/window-binary.ts';
import { takeWindow } from '../../window/window-lock.ts';
import type { Client } from '../client.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { ensureRuntime, thisProgram } from '../runtime-process.ts';
import { sanitiseLine } from '../sanitise.ts';

export type WindowOptions = {
  /** In the browser, also where there is a window of our own. */
  readonly browser?: boolean;
  /** Only says the one-time URL. */
  readonly print?: boolean;
};

/** `window`: starts or finds the runtime and shows the window; where there is none, the browser or the URL. */
export const window = async (invocation: Invocation, options: WindowOptions): Promise<ExitCode> => {
  const { environment } = invocation;
  openDataDirectory(invocation.directory.root);
  const client = await ensureRuntime(invocation.directory, { script: thisProgram() });
  if (options.print) return sayUrl(invocation, client);
  const binary = options.browser || !hasDisplay(environment) ? null : findWindowBinary(environment);
  return binary === null ? showInBrowser(invocation, client) : showWindow(invocation, client, binary);
};

const showWindow = async (invocation: Invocation, client: Client, binary: string): Promise<ExitCode> => {
  const { terminal, directory, environment, json, suggest } = invocation;
  const lock = takeWindow(directory);
  if (lock.kind === 'held') {
    if (json) await terminal.writeJson({ shown: 'window', pid: lock.by.pid, wasOpen: true });
    else {
      await terminal.writeLine(`The window is open already (process ${lock.by.pid}).`);
      await terminal.writeLine(terminal.colours.dim(`Another one, in the browser: ${suggest('window', '--browser')}`));
    }
    return exitCodes.done;
  }
  try {
    const { url } = await client.call('ticket', { body: {} });
    const shown = launchWindow({ binary, url, environment });
    const close = (): void => shown.close();
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, close);
    if (json) await terminal.writeJson({ shown: 'window', pid: process.pid, wasOpen: false });
    else await terminal.writeLine(`The window is opening. The runtime is at ${client.endpoint.url}.`);
    const end = await shown.ended;
    for (const signal of signals) process.off(signal, close);
    if (end.kind === 'failed') {
      await terminal.writeLine(`The window could not be shown: ${sanitiseLine(end.message)}`);
      return await showInBrowser(invocation, client);
    }
    if (!json) await sayFarewell(invocation);
    return exitCodes.done;
  } finally {
    lock.release();
  }
};

const sayFarewell = async ({ terminal, suggest }: Invocation): Promise<void> => {
  await terminal.writeLine('The window is closed; your sessions go on.');
  await terminal.writeLine(terminal.colours.dim(`Open it again: ${suggest()}   Stop everything: ${suggest('stop')}`));
};

const showInBrowser = async (invocation: Invocation, client: Client): Promise<ExitCode> => {
  const { terminal, environment, json } = invocation;
  const isOpened =
    hasDisplay(environment) &&
    (await openBrowser((await client.call('ticket', { body: {} })).url, environment).catch(() => false));
  if (!isOpened || json) return sayUrl(invocation, client);
  await terminal.writeLine('Throughline opens in your browser.');
  // A link of its own: the first one is used up by then, or on its way.
  await sayUrl(invocation, client, 'If it does not, open this within a minute; it works once:');
  return exitCodes.done;
};

const sayUrl = async (
  { terminal, json, suggest }: Invocation,
  client: Client,
  sentence = 'Open this in a browser within a minute; it works once:',
): Promise<ExitCode> => {
  const { url, expiresAt } = await client.call('ticket', { body: {} });
  if (json) {
    await terminal.writeJson({ shown: 'url', url, expiresAt });
    return exitCodes.done;
  }
  await terminal.writeLine(sentence);
  await terminal.writeLine(`  ${url}`);
  await terminal.writeLine(
    terminal.colours.dim(`A new one: ${suggest('window')}   Stop everything: ${suggest('stop')}`),
  );
  return exitCodes.done;
};
