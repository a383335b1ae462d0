import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';

/**
 * Waits until the content of a file, or the names in a folder, have reached the disk: they outlive a power cut then.
 * Raises what the system says.
 */
export const flushToDisk = (path: string): void => {
  // Windows lets nobody flush a folder.
  if (process.platform === 'win32' && statSync(path).isDirectory()) return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};
