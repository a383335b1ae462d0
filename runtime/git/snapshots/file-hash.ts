import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, type PathLike } from 'node:fs';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type FileHash, maxPointerBytes } from './pointers.ts';

/** Reads a file through, however large it is, into a copy where one is asked for. Raises what the file system raises. */
export const hashFile = async (file: PathLike, copy?: string): Promise<FileHash> => {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, pass) => {
      hash.update(chunk);
      bytes += chunk.length;
      pass(null, copy === undefined ? undefined : chunk);
    },
  });
  const source = createReadStream(file, { highWaterMark: 1024 * 1024 });
  if (copy !== undefined) await pipeline(source, counted, createWriteStream(copy, { flags: 'wx' }));
  else {
    counted.resume();
    await pipeline(source, counted);
  }
  return { bytes, sha256: hash.digest('hex') };
};

/** Keeps a file where Git LFS looks for its content, as it does itself. Raises what the file system raises. */
export const keepForLfs = async (file: PathLike, commonDirectory: string): Promise<FileHash> => {
  const objectOf = ({ sha256 }: FileHash): string =>
    join(commonDirectory, 'lfs', 'objects', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  const known = await hashFile(file);
  if ((await lstat(objectOf(known)).catch(() => null))?.size === known.bytes) return known;
  const temporary = join(commonDirectory, 'lfs', 'tmp', `throughline-${randomUUID()}`);
  await mkdir(dirname(temporary), { recursive: true });
  try {
    // Once more, since the file may have changed meanwhile: what is copied is what was hashed.
    const copied = await hashFile(file, temporary);
    await mkdir(dirname(objectOf(copied)), { recursive: true });
    await rename(temporary, objectOf(copied));
    return copied;
  } finally {
    await rm(temporary, { force: true });
  }
};

/** The beginning of a file, as long as a pointer can be. */
export const beginningOf = async (file: PathLike): Promise<string> => {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxPointerBytes), 0, maxPointerBytes, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
};
