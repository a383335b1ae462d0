import { setTimeout as delay } from 'node:timers/promises';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { Client } from '../../client/client.ts';
import { openDataDirectory } from '../../data/data-directory.ts';
import { launchWindow } from '../../window/launch-window.ts';
import { openBrowser } from '../../window/open-browser.ts';
import { findWindowBinary, hasDisplay } from '../../window/window-binary.ts';
import { takeWindow, type WindowHolder } from '../../window/window-lock.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { sanitiseLine } from '../text/sanitise.ts';

export type WindowOptions = {
  /** In the browser, also where there is a window of our own. */
  readonly browser?: boolean;
  /** Only says the one-time URL. */
  readonly print?: boolean;
  /** What is open in it at first: the end of its address, from `#` on. */
  readonly at?: string;
};

type Ticket = RouteAnswer<'ticket'>;

/** How long a browser, which may have to be started first, has to come for its page. */
const browserPatienceMs = 20_000;
/** A window that was just started, or that comes back to a runtime that was, is not there to be asked at once. */
const raisePatienceMs = 6_000;
const pollMs = 100;

/** `window`: starts or finds the runtime and shows the window; where there is none, the browser or the URL. */
export const window = async (invocation: Invocation, options: WindowOptions): Promise<ExitCode> => {
  const { environment } = invocation;
  const { at = '' } = options;
  openDataDirectory(invocation.directory.root);
  const client = await ensureRuntime(invocation.directory, { script: thisProgram() });
  if (options.print) return sayUrl(invocation, client, at);
  const binary = options.browser || !hasDisplay(environment) ? null : findWindowBinary(environment);
  return binary === null ? showInBrowser(invocation, client, at) : showWindow(invocation, client, binary, at);
};

const showWindow = async (invocation: Invocation, client: Client, binary: string, at: string): Promise<ExitCode> => {
  const { terminal, directory, environment, json } = invocation;
  let lock = takeWindow(directory);
  if (lock.kind === 'held') {
    const { by } = lock;
    if (await isRaised(client)) return sayRaised(invocation, by);
    if (!json) await terminal.writeLine(`The window of process ${by.pid} does not answer: another one is opened.`);
    lock = takeWindow(directory, by);
    // Somebody else did the same in this moment.
    if (lock.kind === 'held') return sayRaised(invocation, lock.by);
  }
  try {
    const ticket = await client.call('ticket', { body: {} });
    const shown = launchWindow({ binary, url: ticket.url, at, environment });
    const close = (): void => shown.close();
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, close);
    if (json) await terminal.writeJson({ shown: 'window', pid: process.pid, wasOpen: false });
    else await terminal.writeLine(`The window is opening. The runtime is at ${client.endpoint.url}.`);
    void isUsed(client, ticket, shown.ended).then((used) => used && shown.forget());
    const end = await shown.ended;
    for (const signal of signals) process.off(signal, close);
    if (end.kind === 'failed') {
      await terminal.writeLine(`The window could not be shown: ${sanitiseLine(end.message)}`);
      return await showInBrowser(invocation, client, at);
    }
    if (!json) await sayFarewell(invocation);
    return exitCodes.done;
  } finally {
    lock.release();
  }
};

/** Asks the window that is open to come to the front; false when none answers. */
const isRaised = async (client: Client): Promise<boolean> => {
  const deadline = Date.now() + raisePatienceMs;
  for (;;) {
    const { windows } = await client.call('raiseWindow', { body: {} });
    if (windows > 0) return true;
    if (Date.now() >= deadline) return false;
    await delay(pollMs);
  }
};

const sayRaised = async (invocation: Invocation, by: WindowHolder): Promise<ExitCode> => {
  const { terminal, json, suggest } = invocation;
  if (json) await terminal.writeJson({ shown: 'window', pid: by.pid, wasOpen: true });
  else {
    await terminal.writeLine(`The window is open already (process ${by.pid}) and was asked to come to the front.`);
    await terminal.writeLine(terminal.colours.dim(`Another one, in the browser: ${suggest('window', '--browser')}`));
  }
  return exitCodes.done;
};

const sayFarewell = async (invocation: Invocation): Promise<void> => {
  await invocation.terminal.writeLine('The window is closed; your sessions go on.');
  await sayWaysBack(invocation);
};

const sayWaysBack = ({ terminal, suggest }: Invocation): Promise<void> =>
  terminal.writeLine(terminal.colours.dim(`Open it again: ${suggest()}   Stop everything: ${suggest('stop')}`));

const showInBrowser = async (invocation: Invocation, client: Client, at: string): Promise<ExitCode> => {
  const { terminal, environment, json } = invocation;
  if (!hasDisplay(environment)) return sayUrl(invocation, client, at);
  const ticket = await client.call('ticket', { body: {} });
  const opening = await openBrowser(ticket.url + at, environment).catch(() => null);
  if (opening === null) return sayUrl(invocation, client, at);
  try {
    if (opening.kind === 'failed') return await sayUrl(invocation, client, at);
    if (!json) await terminal.writeLine('Throughline opens in your browser…');
    if (!(await isUsed(client, ticket, delay(browserPatienceMs, undefined, { ref: false })))) {
      return await sayUrl(
        invocation,
        client,
        at,
        'The browser did not come. Open this in it within a minute; it works once:',
      );
    }
  } finally {
    opening.forget();
  }
  if (json) await terminal.writeJson({ shown: 'browser' });
  else await sayWaysBack(invocation);
  return exitCodes.done;
};

/** Waits until a ticket was used; false when something else ends the wait, or its time. */
const isUsed = async (client: Client, { id }: Ticket, end: Promise<unknown>): Promise<boolean> => {
  let isOver = false;
  const over = end.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const { state } = await client
      .call('ticketState', { parameters: { id } })
      .catch(() => ({ state: 'gone' as const }));
    if (state !== 'waiting') return state === 'used';
    await Promise.race([over, delay(pollMs)]);
  }
  return false;
};

const sayUrl = async (
  { terminal, json, suggest }: Invocation,
  client: Client,
  at: string,
  sentence = 'Open this in a browser within a minute; it works once:',
): Promise<ExitCode> => {
  const { url: entry, expiresAt } = await client.call('ticket', { body: {} });
  const url = entry + at;
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
