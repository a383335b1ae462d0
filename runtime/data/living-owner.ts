import { processStartedAt } from '../processes/process-start.ts';
import { type DataDirectory, type Owner, readOwner } from './data-directory.ts';

/** The runtime that serves the data directory, if the owner file speaks of a process that lives; null otherwise. */
export const livingOwner = (directory: DataDirectory): Owner | null => {
  const owner = readOwner(directory);
  return owner !== null && processStartedAt(owner.pid) === owner.startedAt ? owner : null;
};
