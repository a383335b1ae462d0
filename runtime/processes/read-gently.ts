import type { Readable } from 'node:stream';

const burstBytes = 256 * 1024;
const restMs = 10;

/** Holds a stream back, and lets it go on. */
export type Valve = { readonly hold: () => void; readonly release: () => void };

/**
 * Reads a stream with a rest after each quarter of a megabyte, so at most about 25 MB a second: a flood takes its share
 * of the thread that reads it, not all. Its writer waits meanwhile, as the pipe is full.
 */
export const readGently = (stream: Readable, onBytes: (bytes: Buffer) => void): Valve => {
  let burst = 0;
  let rests = false;
  let held = false;
  const goOn = (): void => {
    if (!rests && !held) stream.resume();
  };
  stream.on('data', (bytes: Buffer) => {
    burst += bytes.byteLength;
    if (burst >= burstBytes) {
      burst = 0;
      rests = true;
      stream.pause();
      setTimeout(() => {
        rests = false;
        goOn();
      }, restMs);
    }
    onBytes(bytes);
  });
  return {
    hold: () => {
      held = true;
      stream.pause();
    },
    release: () => {
      held = false;
      goOn();
    },
  };
};
