import { createHash } from 'node:crypto';
import type { SessionKey } from '../../../actors/protocol/facts/ids.ts';

/** So many ports belong to a worktree: `THROUGHLINE_PORT` and those after it. */
export const portsOfWorktree = 10;
// Below those that systems give out by themselves (from 32768 on), above those that services have.
const firstPort = 20_000;
const ranges = 1_200;

/**
 * The first port of a session's range. It is the same whenever it is asked for, and another for each of the last 1,200
 * sessions of a data directory; two data directories begin at different places.
 */
export const portOf = (dataDirectoryId: string, sessionKey: SessionKey): number => {
  const offset = createHash('sha256').update(dataDirectoryId).digest().readUInt32BE(0);
  return firstPort + portsOfWorktree * ((offset + sessionKey) % ranges);
};
