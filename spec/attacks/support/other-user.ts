/** Another user of the machine: `nobody`, who can be played only by root. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { temporaryFolder } from '../../support/temporary.ts';

const nobody = 65_534;

export const canPlayOthers = process.getuid?.() === 0 && process.platform === 'linux';

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

const run = (command: string, words: readonly string[]): Ended => {
  const { status, stdout, stderr } = spawnSync(command, words, {
    uid: nobody,
    gid: nobody,
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent' },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: status, stdout, stderr };
};

/** Runs a line of shell as the other user. */
export const asOther = (line: string): Ended => run('/bin/sh', ['-c', line]);

/** Runs a module's text with Node as the other user. */
export const scriptAsOther = (text: string): Ended => run(process.execPath, ['--input-type=module', '-e', text]);

/** The same, of a program that goes on; ended by `kill`. */
export const startAsOther = (text: string): ChildProcessByStdio<null, Readable, null> =>
  spawn(process.execPath, ['--input-type=module', '-e', text], {
    uid: nobody,
    gid: nobody,
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** A folder that the other user can write in, as anybody can. */
export const openFolder = (): string => {
  const path = temporaryFolder('open');
  chmodSync(path, 0o777);
  return path;
};
