import { closeSync, openSync } from 'node:fs';

/**
 * Makes an empty file that only its owner can read. SQLite gives the files beside a database the mode of the database,
 * so one that begins like this stays private. (A umask would do it too, but agents would inherit it.)
 */
export const makePrivateFile = (path: string): void => closeSync(openSync(path, 'wx', 0o600));
