/**
 * The head mark: a small file beside the database that remembers which database this is, the last position whose commit
 * was acknowledged, and its hash. SQLite takes a write-ahead log with one flipped bit for a shorter one, and an emptied
 * file for a new database; the mark knows better.
 *
 * It is written after each commit and before the acknowledgement, so it is never ahead of what is durable and covers
 * every acknowledged event whatever happens to this process. It is flushed to the disk a second later at most, not in
 * each commit, which would double the time of an acknowledgement: a power cut may leave it as far behind, and what was
 * acknowledged in that last second is then still in the database, but not remembered here.
 */
import { createHash } from 'node:crypto';
import { closeSync, fdatasync, fdatasyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { codeOf } from '../../protocol/facts/error.ts';
import { toPosition } from '../../protocol/facts/ids.ts';
import type { LogEnd } from './log-end.ts';

export type HeadMark = LogEnd & {
  /** The database's random id, in hexadecimal. */
  readonly databaseId: string;
};

export type FoundMark =
  | { readonly kind: 'none' }
  /** A file is there, and nothing in it can be relied on. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'mark'; readonly mark: HeadMark };

/** An open mark. Its owner is the writer. */
export type HeadMarkFile = {
  /** Overwrites the older of the two slots; raises what the file system refuses it with. */
  readonly write: (end: LogEnd) => void;
  readonly close: () => void;
};

/** The mark of a database: `throughline.db` has `throughline.head`. */
export const headMarkPath = (databasePath: string): string => `${databasePath.replace(/\.db$/, '')}.head`;

const magic = Buffer.from('THLNHEAD', 'latin1');
const idBytes = 16;
const hashBytes = 16;
const checkedBytes = magic.length + 8 + idBytes + hashBytes;
const slotBytes = checkedBytes + 16;
/** Two slots in sectors of their own, written in turn: one that was cut off leaves the other. */
const slotOffsets = [0, 512] as const;
const flushAfterMs = 1_000;

/** What the mark at a path says. */
export const readHeadMark = (path: string): FoundMark => {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return { kind: 'none' };
    return { kind: 'unreadable' };
  }
  const marks = slotOffsets.flatMap((offset) => decode(bytes.subarray(offset, offset + slotBytes)) ?? []);
  const [first, second] = marks;
  if (first === undefined) return { kind: 'unreadable' };
  return { kind: 'mark', mark: second !== undefined && second.position > first.position ? second : first };
};

/** Makes a mark, or makes one anew, as a whole: a reader finds the old one or this one. Private to its owner. */
export const makeHeadMark = (path: string, mark: HeadMark): void => {
  const unfinished = `${path}.new`;
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, 'wx', 0o600);
  try {
    for (const offset of slotOffsets) writeSync(descriptor, encode(mark), 0, slotBytes, offset);
    fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, path);
};

/** Opens the mark of a database, whose present end it says from now on. Call it only when the two agree. */
export const openHeadMark = (path: string, { databaseId, ...end }: HeadMark): HeadMarkFile => {
  if (readHeadMark(path).kind !== 'mark') makeHeadMark(path, { databaseId, ...end });
  const descriptor = openSync(path, 'r+');
  let turn = newerSlot(readFileSync(path)) === 0 ? 1 : 0;
  let flush: NodeJS.Timeout | null = null;
  let isOpen = true;

  const flushSoon = (): void => {
    flush ??= setTimeout(() => {
      flush = null;
      // A mark that cannot be flushed lags behind, as after a power cut; the next one tries again.
      if (isOpen) fdatasync(descriptor, () => {});
    }, flushAfterMs).unref();
  };

  const write = (to: LogEnd): void => {
    writeSync(descriptor, encode({ databaseId, ...to }), 0, slotBytes, slotOffsets[turn]);
    turn = turn === 0 ? 1 : 0;
    flushSoon();
  };

  write(end);
  return {
    write,
    close: () => {
      isOpen = false;
      if (flush !== null) clearTimeout(flush);
      fdatasyncSync(descriptor);
      closeSync(descriptor);
    },
  };
};

const encode = ({ databaseId, position, hash }: HeadMark): Buffer => {
  const slot = Buffer.alloc(slotBytes);
  magic.copy(slot);
  slot.writeBigUInt64BE(BigInt(position), magic.length);
  slot.write(databaseId, magic.length + 8, idBytes, 'hex');
  slot.write(hash, magic.length + 8 + idBytes, hashBytes, 'hex');
  checksum(slot).copy(slot, checkedBytes);
  return slot;
};

const decode = (slot: Buffer): HeadMark | null => {
  if (slot.length < slotBytes || !slot.subarray(0, magic.length).equals(magic)) return null;
  if (!checksum(slot).equals(slot.subarray(checkedBytes))) return null;
  const from = magic.length + 8;
  return {
    position: toPosition(Number(slot.readBigUInt64BE(magic.length))),
    databaseId: slot.toString('hex', from, from + idBytes),
    hash: slot.toString('hex', from + idBytes, from + idBytes + hashBytes),
  };
};

const newerSlot = (bytes: Buffer): 0 | 1 => {
  const [first, second] = slotOffsets.map(
    (offset) => decode(bytes.subarray(offset, offset + slotBytes))?.position ?? -1,
  );
  return (second ?? -1) > (first ?? -1) ? 1 : 0;
};

const checksum = (slot: Buffer): Buffer =>
  createHash('sha256').update(slot.subarray(0, checkedBytes)).digest().subarray(0, 16);
