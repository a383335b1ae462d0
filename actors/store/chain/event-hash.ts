/**
 * The hash chain of the log: each event carries a hash over what it says, where it stands and the hash of the event
 * before it, so that nothing in the middle can be changed, dropped or moved without being seen.
 *
 * Half of a SHA-256 is kept, 16 bytes. What has to be seen is damage, which half finds as surely as the whole does; who
 * can write the file can write the chain anew as well, and no length helps against that. The other half would cost each
 * event as much room as its keys and times together.
 */
import { hash } from 'node:crypto';

/** What a hash covers: every column of an event but the hash itself. */
export type HashedEvent = {
  readonly position: number;
  readonly runKey: number;
  readonly seq: number;
  readonly type: string;
  readonly version: number;
  readonly payload: string;
  readonly occurredAt: number;
  readonly recordedAt: number;
};

const hexCharacters = 32;

/** What the first event is chained to. */
export const genesisHash = '0'.repeat(hexCharacters);

/** The hash of an event that follows one whose hash is `previous`; both in hexadecimal. */
export const eventHash = (previous: string, event: HashedEvent): string => {
  const { position, runKey, seq, type, version, payload, occurredAt, recordedAt } = event;
  // The type's length is there so that no part of it can be taken for a part of the payload.
  const place = `${previous} ${position} ${runKey} ${seq} ${version} ${occurredAt} ${recordedAt} ${type.length}`;
  return hash('sha256', `${place} ${type} ${payload}`).slice(0, hexCharacters);
};

/** A hash as it is stored. */
export const hashBlob = (hex: string): Buffer => Buffer.from(hex, 'hex');

/** A stored hash in hexadecimal; null where the chain is broken on record (see `log_gaps`). */
export const hashHex = (stored: Uint8Array | null): string | null =>
  stored === null ? null : Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength).toString('hex');
