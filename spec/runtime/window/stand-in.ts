/**
 * A program in the place of Neutralino's binary, for tests of the launcher: it reads the configuration it was given,
 * asks what a window would ask, and writes down what it saw. It ends when a file says so.
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Seen = {
  readonly arguments: readonly string[];
  readonly folderMode: number;
  readonly fileMode: number;
  readonly configuration: Readonly<Record<string, unknown>> & { readonly url: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly ticket: { readonly status: number; readonly location: string | null; readonly cookie: string };
  readonly page: number;
  readonly dashboard: number;
  readonly secondUse: number;
};

export type StandIn = {
  readonly path: string;
  readonly seenPath: string;
  /** Is there when the window was asked to come to the front. */
  readonly raisedPath: string;
  readonly endPath: string;
};

/** Writes the program; `exitCode` makes one that ends at once, as one without its libraries would. */
export const makeStandIn = (folder: string, exitCode?: number): StandIn => {
  const standIn = {
    path: join(folder, 'window-stand-in.mjs'),
    seenPath: join(folder, 'seen.json'),
    raisedPath: join(folder, 'raised'),
    endPath: join(folder, 'end'),
  };
  writeFileSync(standIn.path, exitCode === undefined ? program(standIn) : failing(exitCode));
  chmodSync(standIn.path, 0o755);
  return standIn;
};

const shebang = `#!${process.execPath}`;

const failing = (exitCode: number): string => `${shebang}
console.error('libwebkit2gtk-4.1.so.0: cannot open shared object file');
process.exit(${exitCode});
`;

const program = ({ seenPath, raisedPath, endPath }: StandIn): string => `${shebang}
import { WebSocket } from ${JSON.stringify(import.meta.resolve('ws'))};
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
const folder = process.argv.find((word) => word.startsWith('--path=')).slice('--path='.length);
const file = folder + '/neutralino.config.json';
const configuration = JSON.parse(readFileSync(file, 'utf8'));
const { url } = configuration;
// Before the URL is used: the file goes after that.
const modes = { folderMode: statSync(folder).mode & 0o777, fileMode: statSync(file).mode & 0o777 };
const { host, port } = new URL(url);
// A browser takes every name below localhost for loopback.
const ask = (path, headers = {}) => new Promise((resolve, reject) => {
  request({ host: '127.0.0.1', port, path, headers: { ...headers, host } }, (answer) => resolve(answer.resume()))
    .on('error', reject).end();
});
const exchanged = await ask(new URL(url).pathname + new URL(url).search);
const cookie = exchanged.headers['set-cookie']?.[0] ?? '';
const headers = { cookie: cookie.split(';')[0] };
const seen = {
  arguments: process.argv.slice(2),
  ...modes,
  configuration,
  environment: process.env,
  ticket: { status: exchanged.statusCode, location: exchanged.headers.location ?? null, cookie },
  page: (await ask('/', headers)).statusCode,
  dashboard: (await ask('/api/dashboard', headers)).statusCode,
  secondUse: (await ask(new URL(url).pathname)).statusCode,
};
writeFileSync(${JSON.stringify(`${seenPath}.new`)}, JSON.stringify(seen));
renameSync(${JSON.stringify(`${seenPath}.new`)}, ${JSON.stringify(seenPath)});
const live = 'ws://127.0.0.1:' + port + '/api/dashboard/live?window=own';
const socket = new WebSocket(live, { headers: { ...headers, host, origin: 'http://' + host } });
socket.on('message', (data) => {
  if (JSON.parse(String(data)).kind === 'raise') writeFileSync(${JSON.stringify(raisedPath)}, '');
});
setInterval(() => existsSync(${JSON.stringify(endPath)}) && process.exit(0), 10);
`;
